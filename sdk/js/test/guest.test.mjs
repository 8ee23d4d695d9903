import assert from "node:assert/strict";
import { test } from "node:test";
import { source } from "./built.mjs";

/** The little of a browser that a guest touches before a page has connected. */
const listeners = new Map();
globalThis.addEventListener = (type, listener) => listeners.set(type, listener);
globalThis.removeEventListener = () => {};
globalThis.document = {
  hidden: false,
  addEventListener() {},
  removeEventListener() {},
  createElement: () => ({ contentWindow: {}, setAttribute() {}, remove() {} }),
};

const { Guest } = await source("host/guest.ts");

/** A port without an other side. */
class Port {
  posted = [];
  isOpen = true;
  postMessage(message) { this.posted.push(message); }
  close() { this.isOpen = false; }
  say(data) { this.onmessage?.({ data: { channel: this.posted[0].channel, ...data }, ports: [] }); }
}

function connected() {
  const cut = [], port = new Port();
  const opening = { name: "a", app: "a", region: "330100", uiStyle: "normal", into: { append() {} }, onCut: () => cut.push("a") };
  const guest = new Guest(opening, new URL("https://a.example/index.html"), new Map());
  const data = { banshi: 1, type: "connect", nonce: "0123456789abcdef" };
  listeners.get("message")({ source: guest.frame.contentWindow, origin: "https://a.example", data, ports: [port] });
  assert.equal(guest.isConnected, true);
  return { guest, port, cut };
}

test("the answer to a question of the host settles it, the first one alone", async () => {
  const { guest, port, cut } = connected();
  const back = guest.back();
  const { eventId } = port.posted.at(-1);
  port.say({ type: "handled", eventId, handled: true });
  port.say({ type: "handled", eventId, handled: false });
  assert.equal(await back, true);
  assert.deepEqual(cut, []);
});

test("answers that nobody asked for are in vain, and who goes on with them is cut off", () => {
  for (const eventId of [1, "1", NaN, undefined, { valueOf: 1, toString: 1 }]) {
    const { guest, port, cut } = connected();
    for (let i = 1; i < 600; i++) port.say({ type: "handled", eventId, handled: true });
    assert.deepEqual([guest.isConnected, cut], [true, []]);
    port.say({ type: "handled", eventId, handled: true });
    assert.deepEqual([guest.isConnected, cut, port.isOpen], [false, ["a"], false]);
    assert.equal(port.posted.at(-1).type, "bye");
  }
});

test("answers to the host's own questions never count as a flood", async () => {
  const { guest, port, cut } = connected();
  for (let i = 0; i < 1_000; i++) {
    const back = guest.back();
    port.say({ type: "handled", eventId: port.posted.at(-1).eventId, handled: false });
    assert.equal(await back, false);
  }
  assert.deepEqual(cut, []);
});
