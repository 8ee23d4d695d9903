// Opened by the host app with #token=…&uiStyle=…&region=…; asks the platform at this very origin.
const SEARCH = "sha256:394db8dbdc5ff6bac52188f815f55157349bdf51f5550658c51841d933e4bc46";
const told = new URLSearchParams(location.hash.slice(1));
const form = document.getElementById("form");
const said = document.getElementById("said");
const found = document.getElementById("found");

function dress(style) {
  document.documentElement.className = style === "elder" ? "elder" : "";
}
dress(told.get("uiStyle"));
history.replaceState(null, "", location.pathname);

// The host tells how it is by now, and each time that the citizen changes it; where it has no bridge, nobody answers.
const { port1, port2 } = new MessageChannel();
port1.onmessage = ({ data: { type, name, uiStyle, value } }) => {
  if (type === "connected") dress(uiStyle);
  if (type === "event" && name === "uiStyle") dress(value);
};
parent.postMessage({ banshi: 1, type: "connect" }, "*", [port2]);

async function search(words) {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${told.get("token")}` },
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
