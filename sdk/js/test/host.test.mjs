import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { source } from "./built.mjs";

const { SHAPES, clean } = await source("host/shapes.ts");
const { Bounds } = await source("host/bounds.ts");
const { renewed } = await source("session.ts");

test("every method has a shape, and only what it knows gets through", () => {
  const said = { message: "hi", more: 1 };
  assert.deepEqual(clean(SHAPES.toast, said), { message: "hi", type: "none", duration: 2_000 });
  assert.deepEqual(clean(SHAPES.storageKeys, said), {});
});

test("lists are looked at piece by piece", () => {
  const items = [{ id: "1", text: "更多", onclick: "x" }];
  assert.deepEqual(clean(SHAPES.setMenu, { items }), { items: [{ id: "1", text: "更多" }] });
  assert.throws(() => clean(SHAPES.setMenu, { items: [{ id: 1, text: "x" }] }), { code: "INVALID_INPUT" });
  assert.throws(() => clean(SHAPES.setMenu, { items: Array(7).fill(items[0]) }), { code: "INVALID_INPUT" });
});

test("a fault is told with its place", () => {
  assert.throws(() => clean(SHAPES.toast, { message: 7 }), { data: { field: "params.message", problem: "expected text" } });
});

test("fields of a prototype are not the page's", () => {
  assert.throws(() => clean(SHAPES.storageGet, Object.create({ key: "k" })), { code: "INVALID_INPUT" });
});

test("addresses are the web's, as it writes them", () => {
  assert.deepEqual(clean(SHAPES.openLink, { url: "https://办事.cn" }), { url: "https://xn--3kq12h.cn/" });
  for (const url of ["javascript:1", "//x", "", 7, "ftp://x", "https://a:b@c", `https://x/${"y".repeat(2_000)}`])
    assert.throws(() => clean(SHAPES.openLink, { url }), { code: "INVALID_INPUT" });
});

test("sixty questions at once, then twenty a second", () => {
  const bounds = new Bounds(0);
  const taken = now => Array.from({ length: 100 }, () => bounds.take(now)).filter(Boolean).length;
  assert.equal(taken(0), 60);
  assert.equal(taken(1_000), 20);
  assert.equal(taken(100_000), 60);
  bounds.underWay = 64;
  assert.equal(taken(200_000), 0);
});

test("who goes on in vain is cut off, who errs now and then is not", () => {
  const bounds = new Bounds(0);
  for (let i = 0; i < 6_000; i++) assert.equal(bounds.strike(i * 20), false);
  const wild = new Bounds(0);
  assert.equal(Array.from({ length: 600 }, () => wild.strike(1)).at(-1), true);
});

test("a session is renewed before it ends, once, and again after a failure", async () => {
  mock.timers.enable({ apis: ["Date"] });
  let asked = 0;
  const session = renewed(async () => {
    asked += 1;
    if (asked === 2) throw new Error("away");
    return { token: `${asked}`, expiresIn: 60 };
  });
  assert.deepEqual((await Promise.all([session(), session()])).map(each => each.token), ["1", "1"]);
  mock.timers.tick(49_000);
  assert.deepEqual(await session(), { token: "1", expiresIn: 11 });
  mock.timers.tick(1_000);
  await assert.rejects(session());
  assert.equal((await session()).token, "3");
  mock.timers.reset();
});
