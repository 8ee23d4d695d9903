// The host app, as a developer's own machine plays it: citizens, consent, elder mode, network, and a log.
import { BridgeError, openMiniApp } from "/bridge-host.js";
import { dialogues } from "/dialogues.js";

const at = id => document.getElementById(id);
let state = await (await fetch("/state")).json();
let guest = null; // the mini-app that is shown

function make(tag, text = "", facts = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...facts });
}

async function act(what) {
  const answer = await fetch("/do", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(what),
  });
  return { ok: answer.ok, body: await answer.json() };
}

async function change(what) {
  const { ok, body } = await act(what);
  if (ok && body.app) state = { ...state, ...body };
  draw();
}

function draw() {
  at("title").textContent = state.app.name;
  at("by").textContent = `由${state.app.department}提供`;
  at("net").textContent = { fast: "●●●", slow: "●○○", offline: "✕" }[state.network];
  at("net").ariaLabel = { fast: "网络畅通", slow: "网络缓慢", offline: "网络断开" }[state.network];
  at("where").textContent = `${state.app.id} ${state.app.version} · ${state.running ? "后端运行中" : "后端未运行"} · ` +
    (state.platform ? `经由 ${state.platform}` : "不经平台，仅在本机");
  document.documentElement.classList.toggle("elder", state.style === "elder");
  for (const name of ["style", "network"])
    for (const input of document.getElementsByName(name)) input.checked = input.value === state[name];
  at("people").replaceChildren(...state.people.map(person => {
    const label = make("label"), text = make("span", person.name);
    const input = make("input", "", { type: "radio", name: "who", value: person.key, checked: person.key === state.who });
    text.append(make("small", person.about));
    label.append(input, text);
    return label;
  }));
  at("withdraw").disabled = !state.agreed.length;
  at("send").hidden = !state.events.length;
  at("events").replaceChildren(...state.events.map(type => {
    const button = make("button", type, { type: "button" });
    button.onclick = () => act({ do: "event", value: type });
    return button;
  }));
}

function open() {
  guest?.close();
  guest = null;
  at("asking").hidden = true;
  const needed = Object.keys(state.scopes);
  const agrees = needed.every(scope => state.agreed.includes(scope));
  at("sheet").hidden = agrees;
  if (agrees) {
    guest = openMiniApp({
      into: at("stage"), app: state.app.id, name: state.app.name, entry: state.origin + state.app.entry, hooks,
      scopes: state.agreed, region: state.region, uiStyle: state.style, onCut: () => { at("title").textContent = "页面已断开"; },
    });
    guest.frame.id = "frame";
    return;
  }
  at("asks").textContent = `“${state.app.name}”需要您同意`;
  at("purpose").textContent = state.app.purpose;
  at("scopes").replaceChildren(...needed.map(scope => {
    const item = make("li", state.scopes[scope]);
    item.append(make("small", scope));
    return item;
  }));
  at("maker").textContent = `由${state.app.operator}开发运行，${state.app.department}负责。您可以随时撤回同意。`;
  at("sheet").focus();
}

async function store(field, given) { // as the API of the platform names fields and variables
  const { ok, body } = await act({ do: "storage", api: field, input: given });
  if (ok) return body;
  const { message, extensions } = body.errors[0];
  throw refused(extensions.code, message, extensions.data);
}

const refused = (code, message = "", data = {}) => new BridgeError(code, message, data);

/** The hooks of this host: what a phone's app does, played with what a page has. */
const hooks = {
  session: async () => ({ token: state.token, region: state.region, level: state.level, sub: state.sub, expiresIn: 60 }),
  async storageGet({ key }) {
    const kept = await store("storedValue", { key });
    return kept && { ...kept, value: JSON.parse(kept.value) };
  },
  async storageSet({ key, value, ifRevision }) {
    const command = crypto.randomUUID(), text = JSON.stringify(value ?? null);
    return { revision: await store("storeValue", { key, value: text, revision: ifRevision, command }) };
  },
  async storageRemove({ key, ifRevision }) {
    await store("removeValue", { key, revision: ifRevision, command: crypto.randomUUID() });
    return {};
  },
  storageKeys: async () => (await store("storedKeys", {})).edges.map(edge => edge.node),
  async call({ api, input, idempotencyKey = "" }) {
    const { ok, body } = await act({ do: "call", api, input: input ?? null, key: idempotencyKey });
    if (ok) return body;
    const { message, extensions } = body.errors[0];
    if (extensions.code === "APP_CONSENT_NEEDED") await change({ do: "withdraw" }).then(open);
    throw refused(extensions.code, message, extensions.data);
  },
  getUserType: () => ({ userType: "1" }),
  getCity: () => ({ code: state.region, name: "" }),
  getNetworkType: () => ({ result: { fast: "wifi", slow: "3g", offline: "none" }[state.network] }),
  setTitle: ({ title }) => { at("title").textContent = title || state.app.name; return {}; },
  close: () => { open(); return {}; },
  ...dialogues(refused, async value => (await act({ do: "ticket", value })).body),
};

function show(entry) {
  const item = make("li", "", { className: entry.status >= 400 ? "bad" : "good" }), more = make("details");
  const words = { call: "调用", event: "事件", consent: "同意", page: "页面", run: "运行" };
  const head = make("summary", `${new Date(entry.at).toLocaleTimeString("zh-CN")} ${words[entry.kind]} ${entry.title}`);
  head.append(make("span", [entry.status || "", entry.ms ? `${Math.round(entry.ms)} 毫秒` : ""].join(" ")));
  more.append(head, make("pre", [`编号 ${entry.id}`, entry.ask, entry.answer].filter(Boolean).join("\n")));
  if (entry.kind === "call" || entry.kind === "event") {
    const again = make("button", "再来一次", { type: "button" });
    again.onclick = () => act({ do: "replay", value: entry.id });
    more.append(again);
  }
  item.append(more);
  at("log").prepend(item);
}

document.body.addEventListener("change", async ({ target: { name, value } }) => {
  if (name === "who") { await change({ do: "choose", value }); open(); }
  if (name === "network") await change({ do: "network", value });
  if (name === "style") {
    await change({ do: "style", value });
    guest?.tell("uiStyle", value);
  }
});
at("agree").onclick = async () => { await change({ do: "agree", scopes: Object.keys(state.scopes) }); open(); };
at("refuse").onclick = async () => {
  await change({ do: "agree", scopes: [] });
  at("asks").textContent = "您没有同意，小程序不会打开";
};
at("withdraw").onclick = async () => { await change({ do: "withdraw" }); open(); };
at("back").onclick = open;

const news = new EventSource("/log");
news.addEventListener("entry", ({ data }) => show(JSON.parse(data)));
news.addEventListener("state", ({ data }) => { state = { ...state, ...JSON.parse(data) }; draw(); });
news.addEventListener("reload", open);
for (const entry of await (await fetch("/entries")).json()) show(entry);
draw();
open();
