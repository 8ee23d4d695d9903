// The host of a mini-app as the gate plays it: hands out a session and calls APIs, shows nothing.
({ app, isOld }) => {
  const whoIs = window.__banshiWho; // who is signed in now; the same tab shows one citizen after the other
  delete window.__banshiWho;
  const call = async (api, input) => {
    const who = await whoIs();
    const asked = await fetch(`/gw/${app}/${api}`, {
      method: "POST", body: JSON.stringify(input ?? {}),
      headers: { authorization: `Bearer ${who.token}`, "content-type": "application/json" },
    });
    const body = await asked.json();
    if (asked.ok) return body;
    const [{ message, extensions }] = body.errors;
    throw Object.assign(new Error(message), { code: extensions.code });
  };
  const kept = new Map(); // of the device, whoever is signed in
  const stores = new Map(); // of the platform, one for each citizen
  let writes = 0;
  const store = async () => {
    const { sub } = await whoIs();
    if (!stores.has(sub)) stores.set(sub, new Map());
    return stores.get(sub);
  };
  const methods = {
    session: async () => {
      const { token, sub, name, region } = await whoIs();
      return { token, sub, name, region, level: 3, expiresIn: 60 };
    },
    call: ({ api, input }) => call(api, input),
    ssoTicket: async () => ({ result: true, ticketId: (await whoIs()).token }),
    getUserType: async () => ({ userType: "1" }),
    getUiStyle: async () => ({ uiStyle: (await whoIs()).uiStyle }),
    storageGet: async ({ key }) => (await store()).get(key) ?? null,
    storageSet: async ({ key, value }) => {
      const revision = `${++writes}`, changedAt = new Date().toISOString();
      (await store()).set(key, { key, value, revision, changedAt });
      return { revision };
    },
    storageRemove: async ({ key }) => { (await store()).delete(key); return {}; },
    storageKeys: async () => [...(await store()).values()].map(({ value, ...key }) => (
      { ...key, size: JSON.stringify(value).length }
    )),
  };
  // page: postMessage({banshi: 1, type: "connect", nonce}, origin, [port]); then {channel, actionId, method, params} over it
  addEventListener("message", async event => {
    const [port] = event.ports;
    if (event.data?.banshi !== 1 || event.data.type !== "connect" || !port) return;
    event.stopImmediatePropagation();
    const { nonce } = event.data, channel = crypto.randomUUID();
    port.onmessage = async ({ data: { type, actionId, method, params } }) => {
      if (type === "ping") return port.postMessage({ channel, type: "pong" });
      try {
        const result = await (methods[method] ?? (async () => ({})))(params ?? {});
        port.postMessage({ channel, actionId, result });
      } catch (error) {
        port.postMessage({ channel, actionId, error: { code: error.code ?? "FAILED", message: error.message } });
      }
    };
    const { uiStyle, region } = await whoIs(), capabilities = Object.keys(methods), locale = "zh-CN";
    port.postMessage({ type: "connected", version: "1.1", nonce, channel, app, uiStyle, region, locale, capabilities });
  });
  if (!isOld) return;
  const old = {
    onReady: then => setTimeout(then),
    ssoTicket: methods.ssoTicket,
    getUserType: methods.getUserType,
    getUiStyle: methods.getUiStyle,
    getLocalStorage: async ({ key }) => ({ [key]: kept.get(key) ?? "" }),
    setLocalStorage: async ({ key, value }) => { kept.set(key, value); return { result: true }; },
    removeLocalStorage: async ({ key }) => { kept.delete(key); return { result: true }; },
    getNetworkType: async () => ({ result: "WIFI" }),
    getLocation: async () => ({ longitude: "120.15", latitude: "30.28", cityName: "杭州市", region: (await whoIs()).region }),
  };
  window.ZWJSBridge = new Proxy(old, { get: (has, name) => has[name] ?? (async () => ({})) });
  window.ZwLog = class { onReady(then) { setTimeout(then); } sendPV() {} record() {} sendAliMonitor() {} };
  window.zwlog = new window.ZwLog();
  window.aplus_queue = [];
}
