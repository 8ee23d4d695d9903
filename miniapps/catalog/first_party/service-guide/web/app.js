// Shown by the host app, which it knows by the bridge; asks the platform at this very origin.
import { connect } from "./bridge.js";

const SEARCH = "sha256:394db8dbdc5ff6bac52188f815f55157349bdf51f5550658c51841d933e4bc46";
const form = document.getElementById("form");
const said = document.getElementById("said");
const found = document.getElementById("found");

function dress(style) {
  document.documentElement.className = style === "elder" ? "elder" : "";
}

const connected = connect().catch(() => null); // null: nobody shows the page

async function begin() {
  const host = await connected;
  if (host) {
    dress(host.uiStyle);
    host.on("uiStyle", dress);
  } else {
    form.hidden = true;
    said.textContent = "请从办事首页打开。";
  }
}

async function search(words) {
  const { token } = await (await connected).session();
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ documentId: SEARCH, variables: { search: words, first: 20 } }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(errors[0].extensions.code);
  return data.items.edges.map(({ node }) => node);
}

function shown(item) {
  const line = document.createElement("li");
  const name = document.createElement("h2");
  name.textContent = item.name;
  const facts = document.createElement("p");
  const trips = item.declaredTrips === 0 ? "一次都不用跑" : `最多跑 ${item.declaredTrips} 次`;
  facts.textContent = item.instant ? `${trips}，当场办结` : trips;
  line.append(name, facts);
  return line;
}

form.addEventListener("submit", async event => {
  event.preventDefault();
  said.textContent = "正在查找……";
  found.replaceChildren();
  try {
    const items = await search(form.elements.words.value);
    said.textContent = items.length ? `找到 ${items.length} 件事` : "没有找到，换个说法试试。";
    found.append(...items.map(shown));
  } catch (error) {
    said.textContent = error.message === "NOT_SIGNED_IN" ? "打开得太久了，请从办事首页重新打开。" : "暂时查不到，请稍后再试。";
  }
});

begin();
