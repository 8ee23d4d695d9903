import assert from "node:assert/strict";
import { test } from "node:test";
import { source } from "./built.mjs";

const NAMES = ["localStorage", "sessionStorage"];
const { lend } = await source("compat/storing.ts");

/** A window that denies its stores, as browsers do to frames of another site; or has some. */
function page(store) {
  const made = {};
  for (const name of NAMES)
    Object.defineProperty(made, name, { configurable: true, get() { if (!store) throw new DOMException("no", "SecurityError"); return store; } });
  globalThis.window = made;
  return made;
}

test("a store that is there stays the browser's own", () => {
  const own = {}, made = page(own);
  lend();
  assert.deepEqual(NAMES.map(name => made[name] === own), [true, true]);
});

test("where stores are denied, brief ones take their place, each by itself", () => {
  const made = page();
  assert.throws(() => made.localStorage, { name: "SecurityError" });
  lend();
  made.localStorage.setItem("a", "1");
  assert.equal(made.localStorage.getItem("a"), "1");
  assert.equal(made.sessionStorage.getItem("a"), null);
  assert.equal(made.sessionStorage.length, 0);
});

test("a brief store is one as scripts know it: all is text, and what is not there is null", () => {
  const made = page();
  lend();
  const store = made.localStorage;
  store.setItem("b", { toString: () => "object" });
  store.setItem(1, null);
  store.setItem("b2", undefined);
  assert.deepEqual([store.getItem("b"), store.getItem("1"), store.getItem("b2")], ["object", "null", "undefined"]);
  assert.deepEqual([store.key(0), store.key(2), store.key(3), store.length], ["b", "b2", null, 3]);
  for (const name of ["toString", "__proto__", "constructor"]) assert.equal(store.getItem(name), null);
  store.removeItem("b");
  assert.deepEqual([store.getItem("b"), store.length], [null, 2]);
  store.clear();
  assert.equal(store.length, 0);
});

test("nothing of one page is found by the next", () => {
  const first = page();
  lend();
  first.localStorage.setItem("a", "1");
  const second = page();
  lend();
  assert.equal(second.localStorage.getItem("a"), null);
});
