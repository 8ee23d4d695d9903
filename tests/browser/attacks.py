"""What a hostile page tries by the channel: a script for its frame, and what it may come to know.

`TOOLS` are put before each: raw handshakes without the bridge, answers collected for a while.
"""

TOOLS = """
const wait = ms => new Promise(done => setTimeout(done, ms));
const MINE = "0123456789abcdef";
async function knock(said, { to = "*", ports = 1, target = parent } = {}) {
  const channels = Array.from({ length: ports }, () => new MessageChannel()), heard = [];
  for (const { port1 } of channels) port1.onmessage = ({ data }) => heard.push(data);
  target.postMessage(said, to, channels.map(({ port2 }) => port2));
  await wait(150);
  return { heard, port: channels[0]?.port1, told: heard[0] };
}
const hello = (more = {}) => ({ banshi: 1, type: "connect", version: "1.1", nonce: MINE, ...more });
async function linked() {
  const { port, told } = await knock(hello());
  if (!told) throw new Error("nobody answered");
  let last = 0;
  const heard = [];
  port.onmessage = ({ data }) => heard.push(data);
  const say = (message, transfer = []) => port.postMessage({ channel: told.channel, ...message }, transfer);
  const ask = async (method, params) => {
    const actionId = ++last;
    say({ actionId, method, params });
    for (let i = 0; i < 40; i++) {
      await wait(25);
      const answer = heard.find(each => each.actionId === actionId);
      if (answer) return answer.error ? answer.error.code : answer.result;
    }
    return "silence";
  };
  return { port, told, say, ask, heard };
}
const beside = () => Array.from({ length: parent.length }, (_, i) => parent[i]).find(each => each !== window);
const refused = async act => { try { const got = await act(); return ["done", String(got)]; } catch (error) { return error.name; } };
"""

HANDSHAKES: dict[str, str] = {
    "without a nonce": "return (await knock({ banshi: 1, type: 'connect', version: '1.1' })).heard.length",
    "a nonce that is too short": "return (await knock(hello({ nonce: 'short' }))).heard.length",
    "a nonce of markup": "return (await knock(hello({ nonce: '<img src=x onerror=1>____' }))).heard.length",
    "a nonce that is a list": "return (await knock(hello({ nonce: [MINE, MINE] }))).heard.length",
    "no port": "return (await knock(hello(), { ports: 0 })).heard.length",
    "three ports": "return (await knock(hello(), { ports: 3 })).heard.length",
    "another protocol": "return (await knock(hello({ banshi: 2 }))).heard.length",
    "text": "return (await knock('connect')).heard.length",
    "nothing": "return (await knock(null)).heard.length",
    "a class of the page's": "return (await knock(new Map([['banshi', 1], ['type', 'connect']]))).heard.length",
}
"""Nobody answers these: 0 messages come back."""

QUESTIONS: dict[str, tuple[str, object]] = {
    "a method that every object has": ("return await ask('toString', {})", "BRIDGE_UNSUPPORTED"),
    "the constructor": ("return await ask('constructor', {})", "BRIDGE_UNSUPPORTED"),
    "the prototype as method": ("return await ask('__proto__', {})", "BRIDGE_UNSUPPORTED"),
    "a method this host does not have": ("return await ask('pay', {})", "BRIDGE_UNSUPPORTED"),
    "fields that are a list": ("return await ask('toast', [])", "INVALID_INPUT"),
    "fields that are text": ("return await ask('toast', 'x')", "INVALID_INPUT"),
    "a text that is an object": ("return await ask('toast', { message: { toString: 1 } })", "INVALID_INPUT"),
    "a text that is too long": ("return await ask('toast', { message: 'x'.repeat(101) })", "INVALID_INPUT"),
    "NaN for a time": ("return await ask('toast', { message: 'x', duration: NaN })", "INVALID_INPUT"),
    "a script's address": ("return await ask('openLink', { url: 'javascript:alert(1)' })", "INVALID_INPUT"),
    "a script's address, hidden": ("return await ask('openLink', { url: ' java\\nscript:alert(1)' })", "INVALID_INPUT"),
    "a page in an address": ("return await ask('openLink', { url: 'data:text/html,x' })", "INVALID_INPUT"),
    "a file": ("return await ask('openLink', { url: 'file:///etc/passwd' })", "INVALID_INPUT"),
    "an address with a password": ("return await ask('openLink', { url: 'https://bank.cn@evil.cn' })", "INVALID_INPUT"),
    "a number that is an address": ("return await ask('phoneCall', { number: '110;phone-context=x' })", "INVALID_INPUT"),
    "a prototype in an input": (
        "return await ask('call', { api: 'x', input: JSON.parse('{\"__proto__\": {\"polluted\": 1}}') })", "INVALID_INPUT",
    ),
    "a constructor in an input": (
        "return await ask('call', { api: 'x', input: { a: [{ constructor: { prototype: {} } }] } })", "INVALID_INPUT",
    ),
    "an input without end": ("const a = {}; a.a = a; return await ask('call', { api: 'x', input: a })", "INVALID_INPUT"),
    "an input a thousand deep": (
        "let a = 1; for (let i = 0; i < 1000; i++) a = [a]; return await ask('call', { api: 'x', input: a })", "INVALID_INPUT",
    ),
    "an input that is no JSON": ("return await ask('call', { api: 'x', input: { at: new Date() } })", "INVALID_INPUT"),
    "bytes for an input": ("return await ask('call', { api: 'x', input: new Uint8Array(9) })", "INVALID_INPUT"),
    "an input that is too long": ("return await ask('call', { api: 'x', input: 'x'.repeat(600000) })", "BODY_TOO_LARGE"),
    "an input of many pieces": ("return await ask('call', { api: 'x', input: Array(600000).fill(0) })", "BODY_TOO_LARGE"),
    "a value too long to keep": ("return await ask('storageSet', { key: 'k', value: 'x'.repeat(600000) })", "BODY_TOO_LARGE"),
    "a path for an API": (
        "return (await ask('call', { api: '../../b/steal', input: {} })).asked", "/gw/a/..%2F..%2Fb%2Fsteal",
    ),
    "a call with another's name": (
        "return (await ask('call', { api: 'x', app: 'b', input: {}, token: 'token-of-b' })).by", "Bearer token-of-a",
    ),
    "a session of another": ("return (await ask('session', { app: 'b' })).token", "token-of-a"),
}  # fmt: skip
"""What each is answered: the code of a refusal, or what was done in its place."""

SILENT: dict[str, str] = {
    "no channel": "say({ channel: undefined, actionId: 1, method: 'toast', params: { message: 'x' } })",
    "guessed channels": """for (let i = 0; i < 100; i++)
        say({ channel: i.toString(16).padStart(32, '0'), actionId: i, method: 'toast', params: { message: 'x' } })""",
    "a number that is none": "say({ actionId: NaN, method: 'toast', params: { message: 'x' } })",
    "a number that is an object": "say({ actionId: { valueOf: 1 }, method: 'toast', params: { message: 'x' } })",
    "a method that is a list": "say({ actionId: 1, method: ['toast'], params: { message: 'x' } })",
    "an answer instead of a question": "say({ actionId: 1, result: { token: 'x' } })",
    "an event of the host's": "say({ type: 'event', name: 'uiStyle', value: 'elder' })",
    "that a back was handled": "say({ type: 'handled', eventId: 1, handled: true })",
    "text": "port.postMessage('toast')",
}
"""Nothing comes of these: no answer, no hook of the host."""

WALLS: dict[str, tuple[str, object]] = {
    "the host's storage": ("return await refused(() => parent.localStorage.secret)", "SecurityError"),
    "the host's document": ("return await refused(() => parent.document.cookie)", "SecurityError"),
    "the host's functions": ("return await refused(() => parent.guests.b)", "SecurityError"),
    "the storage of the mini-app beside it": ("return await refused(() => beside().localStorage.mine)", "SecurityError"),
    "the page of the mini-app beside it": ("return await refused(() => beside().document.title)", "SecurityError"),
    "the host's cookie": ("return document.cookie", ""),
    "another page in the host's place": ("return await refused(() => { top.location = '/quiet.html' })", "SecurityError"),
    "a window of its own": ("return String(window.open('/quiet.html'))", "null"),
    "asking the host's origin": ("return await refused(() => fetch(HOST + '/', { credentials: 'include' }))", "TypeError"),
    "asking the origin beside it": (
        "return await refused(() => fetch(HOST.replace('apps', 'b.apps') + '/quiet.html'))", "TypeError",
    ),
    "a service worker": ("return (await refused(() => navigator.serviceWorker.register('/page.js'))).length > 0", True),
    "text as a script": (
        "const tag = document.createElement('script'); tag.text = 'window.ran = 1'; document.head.append(tag); return String(window.ran)",
        "undefined",
    ),
}  # fmt: skip
"""What stands between a page and everybody else: the browser's own walls, as the platform's headers raise them."""
