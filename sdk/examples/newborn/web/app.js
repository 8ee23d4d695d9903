import { connect } from "./bridge.js"; // npm: @banshi/bridge
import { entry, masked, saying, stepEntry } from "./words.js";

const NOT_READY = "BIRTH_NOT_READY";
const FIELDS = ["child_name", "child_sex", "born_on", "nation", "household_address", "phone", "householder"];
const at = id => document.getElementById(id);
const host = await connect().catch(() => null); // null: the page is not shown by the platform, or nobody is signed in
const said = { text: "", key: "" }; // what was handed in last: the same again is the same application

function dress(style) {
  document.documentElement.className = style;
}
const family = () => ({
  follow: at("follow").value, marital: at("marital").value, collective: at("collective").value === "yes",
});
const promises = () => [...document.querySelectorAll("#papers input:checked")].map(each => each.value);

function tell(problem) {
  at("problem").textContent = problem;
  at("problem").hidden = !problem;
  if (problem) at("problem").focus();
}

function promise(paper) {
  const label = document.createElement("label"), box = document.createElement("input");
  Object.assign(box, { type: "checkbox", value: paper.kind });
  label.className = "choice";
  label.append(box, `我承诺情况属实，不交${paper.title}`);
  return label;
}

function show(papers) {
  at("papers").replaceChildren(...papers.map(paper => {
    if (paper.settled) return entry(`${paper.title}：已有，不用再交`, "ok");
    if (paper.promise) return entry(`${paper.title}：没有查到，可以用承诺代替`, "todo", promise(paper));
    return entry(`${paper.title}：还没有。请先办理，或者在平台“我的材料”里添加`, "todo");
  }));
}

let latest = 0; // answers may come in another order than they were asked for
async function look() {
  const mine = ++latest;
  at("own-household").hidden = at("householder").disabled = family().collective;
  at("papers").replaceChildren(entry("正在核对……", "wait"));
  try {
    const papers = await host.call("papers", { family: family() });
    if (mine === latest) show(papers);
  } catch (error) {
    if (mine === latest) at("papers").replaceChildren(entry(saying(error, NOT_READY), "todo"));
  }
}

async function follow() {
  try {
    const steps = await host.call("steps", {});
    at("mine").hidden = steps.length === 0;
    at("steps").replaceChildren(...steps.map(step => stepEntry(step, step.fresh ? "，有结果了" : "")));
  } catch (error) {
    at("mine").hidden = false;
    at("steps").replaceChildren(entry(saying(error, NOT_READY), "step"));
  }
}

async function send(event) {
  event.preventDefault();
  const filled = FIELDS.map(id => [id, at(id).disabled ? "" : at(id).value.trim()]);
  const whole = { family: family(), child: Object.fromEntries(filled), promises: promises() };
  const text = JSON.stringify(whole);
  if (text !== said.text) Object.assign(said, { text, key: crypto.randomUUID() });
  at("send").disabled = true;
  tell("");
  try {
    const handed = await host.call("apply", { ...whole, key: said.key });
    at("serial").textContent = handed.serial;
    at("reached").textContent = masked(whole.child.phone);
    at("form").hidden = true;
    at("done").hidden = false;
    at("done").focus();
    await follow();
  } catch (error) {
    tell(saying(error, NOT_READY));
  } finally {
    at("send").disabled = false;
  }
}

if (host) {
  dress(host.uiStyle);
  host.on("uiStyle", dress);
  at("form").hidden = false;
  for (const id of ["follow", "marital", "collective"]) at(id).addEventListener("change", look);
  at("form").addEventListener("submit", send);
  await Promise.all([look(), follow()]);
} else {
  at("lost").hidden = false;
}
