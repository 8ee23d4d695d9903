// The host app that shows this page: it knows who the citizen is, and passes calls on to the back end.
const WAIT_MS = 500;
const told = new URLSearchParams(location.hash.slice(1)); // who opens the page tells by the address, no server sees it
history.replaceState(null, "", location.pathname); // the token stays out of the history
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
    uiStyle: first.uiStyle, region: first.region, token: told.get("token"), isBridged: true,
    call: (api, input) => ask("call", { api, input }),
    on: (name, listener) => listeners.set(name, [...(listeners.get(name) ?? []), listener]),
  };
}

function byAddress(app) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${told.get("token")}` };
  if (told.get("uiStyle") === "elder") headers["x-ui-style"] = "elder";
  return {
    uiStyle: told.get("uiStyle") ?? "normal", region: told.get("region"), token: told.get("token"), isBridged: false,
    async call(api, input) {
      const answer = await fetch(`/gw/${app}/${api}`, { method: "POST", headers, body: JSON.stringify(input) });
      const body = await answer.json();
      if (answer.ok) return body;
      const { message, extensions } = body.errors[0];
      throw failure({ code: extensions.code, message });
    },
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
