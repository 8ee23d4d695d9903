import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { source } from "./built.mjs";

const { md5 } = await source("compat/md5.ts");

test("it is MD5, at every length of the last block", () => {
  for (const length of [...Array(130).keys(), 1_000]) {
    const text = "签a".repeat(length % 9) + "x".repeat(length);
    assert.equal(md5(text), createHash("md5").update(text).digest("hex"), String(length));
  }
});

test("it signs as the old gateway's own client does", () => {
  const ak = "jl9vupjh+200100201+nytcfro", api = "mgop.demo.app.hello";
  const text = `token=0123456789abcdef&ak=${ak}&api=${api}&ts=1795289373965&data=null`;
  assert.equal(md5(text), "36d1c8c3b1fbbd69ed3cdf57beec270f");
});
