// The host app that shows this page: it knows who the citizen is, and passes calls on to the back end.
const WAIT_MS = 500;
const told = new URLSearchParams(location.hash.slice(1)); // a host without a bridge tells by the address
const AGAIN = ["APP_OFFLINE", "APP_BUSY", "APP_LOST", "APP_SILENT", "UNAVAILABLE", "RATE_LIMITED"];

function failure({ code, message }) {
  return Object.assign(new Error(message), { code, retryable: AGAIN.includes(code) });
}

function byBridge(port, first) {
  const waiting = new Map(), listeners = new Map();
  let last = 0;
  port.onmessage = ({ data: { actionId, result, error, type, value } }) => {
    if (type === "event") return;
    const settle = waiting.get(actionId);
    waiting.delete(actionId);
    if (settle) error ? settle.reject(failure(error)) : settle.resolve(result);
  };
  port.addEventListener("message", ({ data }) => {
    if (data.type === "event") for (const listener of listeners.get(data.name) ?? []) listener(data.value);
  });
  const ask = (method, params) => new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject });
    port.postMessage({ actionId: last, method, params });
  });
  return {
    uiStyle: first.uiStyle, region: first.region,
    call: (api, input) => ask("call", { api, input }),
    storage: { // the citizen's own at the platform, by consent to storage:keep; `value` is anything that JSON holds
      get: key => ask("storageGet", { key }), // {value, revision}, or null
      set: (key, value, ifRevision) => ask("storageSet", { key, value, ifRevision }), // {revision}
      remove: (key, ifRevision) => ask("storageRemove", { key, ifRevision }),
      keys: () => ask("storageKeys"),
    },
    on: (name, listener) => listeners.set(name, [...(listeners.get(name) ?? []), listener]),
  };
}

const STORE = { // what the platform's API is asked for where no bridge does it
  get: "query ($key: String!) { storedValue(key: $key) { value revision } }",
  set: `mutation ($key: String!, $value: String!, $command: String!, $revision: String) {
    storeValue(key: $key, value: $value, idempotencyKey: $command, ifRevision: $revision) }`,
  remove: `mutation ($key: String!, $command: String!, $revision: String) {
    removeValue(key: $key, idempotencyKey: $command, ifRevision: $revision) }`,
  keys: "query { storedKeys(first: 64) { edges { node { key size revision } } } }",
};

function byApi(headers) {
  const ask = async (query, variables) => {
    const answer = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify({ query, variables }) });
    const { data, errors } = await answer.json();
    if (errors) throw failure({ code: errors[0].extensions.code, message: errors[0].message });
    return Object.values(data)[0];
  };
  return {
    async get(key) {
      const kept = await ask(STORE.get, { key });
      return kept && { ...kept, value: JSON.parse(kept.value) };
    },
    async set(key, value, revision) {
      const command = crypto.randomUUID(), text = JSON.stringify(value ?? null);
      return { revision: await ask(STORE.set, { key, value: text, command, revision }) };
    },
    remove: (key, revision) => ask(STORE.remove, { key, command: crypto.randomUUID(), revision }),
    keys: async () => (await ask(STORE.keys)).edges.map(edge => edge.node),
  };
}

function byAddress(app) {
  history.replaceState(null, "", location.pathname);
  const headers = { "content-type": "application/json", authorization: `Bearer ${told.get("token")}` };
  if (told.get("uiStyle") === "elder") headers["x-ui-style"] = "elder";
  return {
    uiStyle: told.get("uiStyle") ?? "normal", region: told.get("region"),
    async call(api, input) {
      const answer = await fetch(`/gw/${app}/${api}`, { method: "POST", headers, body: JSON.stringify(input) });
      const body = await answer.json();
      if (answer.ok) return body;
      const { message, extensions } = body.errors[0];
      throw failure({ code: extensions.code, message });
    },
    storage: byApi(headers),
    on() {},
  };
}

export function connect(app) {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(byAddress(app)), WAIT_MS);
    port1.onmessage = ({ data }) => {
      clearTimeout(timer);
      resolve(byBridge(port1, data));
    };
    window.parent.postMessage({ banshi: 1, type: "connect" }, "*", [port2]);
  });
}
