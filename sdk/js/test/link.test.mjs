import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { source } from "./built.mjs";

const { Link } = await source("link.ts");

/** A port without an other side: what is posted is kept, what is said is heard at once. */
class Port extends EventTarget {
  posted = [];
  isOpen = true;
  postMessage(message) { this.posted.push(structuredClone(message)); }
  close() { this.isOpen = false; }
  say(data) { this.onmessage({ data: { channel: "c", ...data } }); }
}

function linked(hear = () => false) {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const port = new Port();
  return { port, link: new Link(port, { channel: "c" }, hear) };
}

test.afterEach(() => mock.timers.reset());

test("answers come to who asked, in any order, once", async () => {
  const { port, link } = linked();
  const first = link.ask("toast", {}), second = link.ask("confirm", {});
  port.say({ actionId: 2, result: { buttonIndex: 1 } });
  port.say({ actionId: 2, result: { buttonIndex: 9 } });
  port.say({ actionId: 1, result: {} });
  assert.deepEqual([await first, await second], [{}, { buttonIndex: 1 }]);
});

test("another channel's answers are not heard", async () => {
  const { port, link } = linked();
  const asked = link.ask("toast", {});
  port.say({ channel: "other", actionId: 1, result: "false" });
  port.say({ actionId: 1, result: "true" });
  assert.equal(await asked, "true");
});

test("a refusal is a BridgeError with code, data and whether to try again", async () => {
  const { port, link } = linked();
  const asked = link.ask("call", { api: "x", input: 1 });
  port.say({ actionId: 1, error: { code: "RATE_LIMITED", message: "wait", data: { retry_after_s: "3" } } });
  await assert.rejects(asked, { name: "BridgeError", code: "RATE_LIMITED", retryable: true, data: { retry_after_s: "3" } });
});

test("a refusal that is made of nothing is one all the same", async () => {
  const { port, link } = linked();
  const asked = link.ask("toast", {});
  port.say({ actionId: 1, error: 7 });
  await assert.rejects(asked, { code: "BRIDGE_FAILED", retryable: false });
});

test("what takes too long is given up", async () => {
  const { port, link } = linked();
  const asked = link.ask("toast", {}, 1_000);
  mock.timers.tick(1_001);
  await assert.rejects(asked, { code: "BRIDGE_TIMEOUT", retryable: true });
  port.say({ actionId: 1, result: {} }); // too late, and no harm
});

test("a person may take minutes as long as the host is there", async () => {
  const { port, link } = linked();
  const asked = link.ask("confirm", {});
  for (let s = 0; s < 300; s += 5) {
    mock.timers.tick(5_000);
    port.say({ type: "pong" });
  }
  port.say({ actionId: 1, result: { buttonIndex: 0 } });
  assert.deepEqual(await asked, { buttonIndex: 0 });
});

test("a host that does not answer any more is gone", async () => {
  const { port, link } = linked();
  const asked = link.ask("confirm", {});
  mock.timers.tick(25_000);
  await assert.rejects(asked, { code: "BRIDGE_GONE" });
  assert.equal(port.isOpen, false);
  await assert.rejects(link.ask("toast", {}), { code: "BRIDGE_GONE" });
});

test("nothing is asked of a host while nobody waits", async () => {
  const { port, link } = linked();
  const asked = link.ask("toast", {});
  port.say({ actionId: 1, result: {} });
  await asked;
  mock.timers.tick(60_000);
  assert.equal(port.posted.length, 1);
});

test("a port that closes ends what waits, and so does the host's word", async () => {
  for (const end of [port => port.dispatchEvent(new Event("close")), port => port.say({ type: "bye", why: "over" })]) {
    const { port, link } = linked();
    const asked = link.ask("toast", {});
    end(port);
    await assert.rejects(asked, { code: "BRIDGE_GONE" });
    mock.timers.reset();
  }
});

test("events are heard, and whether they were taken care of is told", () => {
  const heard = [];
  const { port } = linked((name, value) => heard.push([name, value]) > 0);
  port.say({ type: "event", name: "uiStyle", value: "elder" });
  port.say({ type: "event", name: "back", eventId: 3 });
  assert.deepEqual(heard, [["uiStyle", "elder"], ["back", undefined]]);
  assert.deepEqual(port.posted, [{ channel: "c", type: "handled", eventId: 3, handled: true }]);
});
