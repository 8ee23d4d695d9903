// who shows the page is known by the bridge: in a frame it asks its host, by itself it finds a token behind the # of its address
import { connect } from "./bridge.js"; // npm: @banshi/bridge

const connected = connect().catch(() => null); // null: nobody opened it for a citizen
const form = document.getElementById("form"), list = document.getElementById("materials"), error = document.getElementById("error");
const key = crypto.randomUUID();
const answers = () => [{ id: "marital", text: form.marital.value }, { id: "local_household", yes: form.local.value === "yes" }];
const fields = () => [
  { id: "account", text: form.account.value }, { id: "bank_card", text: form.bank_card.value },
  { id: "monthly_rent", number: Number(form.rent.value) * 100 }, { id: "no_home", yes: form.no_home.value === "yes" },
  { id: "phone", text: form.phone.value }];
const WORDS = {
  CASE_MATERIALS_MISSING: "还有材料没有提供，请看上面的清单。",
  CASE_FORM_INVALID: "有的内容填写有误，请检查后再提交。",
  NOT_SIGNED_IN: "登录已过期，请回到首页重新打开本服务。",
  SCOPE_MISSING: "您没有授权本服务这样做。",
  RATE_LIMITED: "操作太频繁，请稍后再试。",
  UNAVAILABLE: "平台暂时没有应答，请稍后再试。",
};
const words = code => WORDS[code] || `请稍后再试（${code}）`;
async function ask(path, body) {
  const { token } = await (await connected).session().catch(({ code }) => { throw new Error(words(code)); });
  const response = await fetch(path, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify(body) });
  const reply = await response.json();
  if (!response.ok) throw new Error(words(reply.error.code));
  return reply;
}
function show(problem) { error.textContent = problem ? `没有成功：${problem}` : ""; error.hidden = !problem; }
async function prepare() {
  try {
    const found = await ask("/api/prepare", { answers: answers() });
    list.replaceChildren(...found.materials.map(material => {
      const item = document.createElement("li");
      item.className = material.settled ? "ok" : "todo";
      item.textContent = material.name + (material.settled ? "：已有，自动带入" : "：还需要您提供");
      return item;
    }));
    show("");
  } catch (problem) {
    const item = document.createElement("li");
    item.textContent = "暂时核对不了";
    list.replaceChildren(item);
    show(problem.message);
  }
}
form.marital.onchange = form.local.onchange = prepare;
form.onsubmit = async event => {
  event.preventDefault();
  const button = document.getElementById("send");
  button.disabled = true; show("");
  try {
    const { region } = await connected;
    const handed = await ask("/api/apply", { key, region, answers: answers(), form: fields() });
    document.getElementById("number").textContent = handed.number;
    form.hidden = true;
    const done = document.getElementById("done"); done.hidden = false; done.focus();
  } catch (problem) { show(problem.message); button.disabled = false; }
};
connected.then(host => {
  if (host) return prepare();
  form.hidden = true;
  document.getElementById("lost").hidden = false;
});
