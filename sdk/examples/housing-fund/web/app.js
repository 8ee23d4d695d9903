import { connect } from "./bridge.js"; // npm: @banshi/bridge
import { entry, masked, saying, stepEntry, yuan } from "./words.js";

const NOT_READY = "WITHDRAWAL_NOT_READY";
const at = id => document.getElementById(id);
const host = await connect().catch(() => null); // null: the page is not shown by the platform, or nobody is signed in
const said = { text: "", key: "" }; // what was handed in last: the same again is the same application

function dress(style) {
  document.documentElement.className = style;
}
const situation = () => ({ marital: at("marital").value, local_household: at("local").value === "yes" });
const withdrawal = () => ({
  account: at("account").value, bank_card: at("bank_card").value, rent_fen: Number(at("monthly").value) * 100,
  no_home: at("no_home").checked, phone: at("phone").value,
});
const promises = () => [...document.querySelectorAll("#papers input:checked")].map(each => each.value);

function line(text) {
  return Object.assign(document.createElement("p"), { textContent: text });
}

async function count(event) {
  event.preventDefault();
  at("estimate").replaceChildren(line("正在算……"));
  try {
    const told = await host.call("estimate", { rent_fen: Number(at("rent").value) * 100 });
    at("estimate").replaceChildren(
      line(`每月可以用公积金付 ${yuan(told.month_fen)}，自己付 ${yuan(told.own_fen)}。`),
      line(`每季度提取一次，一次 ${yuan(told.quarter_fen)}（您所在城市的限额是每月 ${yuan(told.limit_fen)}）。`));
    if (!at("monthly").value) at("monthly").value = at("rent").value;
  } catch (error) {
    at("estimate").replaceChildren(line(saying(error, NOT_READY)));
  }
}

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
  at("papers").replaceChildren(entry("正在核对……", "wait"));
  try {
    const papers = await host.call("papers", { situation: situation() });
    if (mine === latest) show(papers);
  } catch (error) {
    if (mine === latest) at("papers").replaceChildren(entry(saying(error, NOT_READY), "todo"));
  }
}

const again = step => (step.again_on ? `，${step.again_on} 起可以再提` : "");
async function follow() {
  try {
    const steps = await host.call("steps", {});
    at("mine").hidden = steps.length === 0;
    at("steps").replaceChildren(...steps.map(step => stepEntry(step, again(step))));
  } catch (error) {
    at("mine").hidden = false;
    at("steps").replaceChildren(entry(saying(error, NOT_READY), "step"));
  }
}

async function send(event) {
  event.preventDefault();
  const whole = { situation: situation(), withdrawal: withdrawal(), promises: promises() };
  const text = JSON.stringify(whole);
  if (text !== said.text) Object.assign(said, { text, key: crypto.randomUUID() });
  at("send").disabled = true;
  tell("");
  try {
    const handed = await host.call("apply", { ...whole, key: said.key });
    at("serial").textContent = handed.serial;
    at("card").textContent = whole.withdrawal.bank_card.slice(-4);
    at("reached").textContent = masked(whole.withdrawal.phone);
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

at("enquiry").hidden = !host;
at("enquiry").addEventListener("submit", count);
if (host) {
  dress(host.uiStyle);
  host.on("uiStyle", dress);
  at("form").hidden = false;
  for (const id of ["marital", "local"]) at(id).addEventListener("change", look);
  at("form").addEventListener("submit", send);
  await Promise.all([look(), follow()]);
} else {
  at("lost").hidden = false;
}
