import assert from "node:assert/strict";
import { test } from "node:test";
import { eachOnce } from "./each-once.ts";

test("a device with the name that reverse DNS has is named once", () => {
  assert.equal(eachOnce("nas.lab.example", "nas.lab.example", undefined, "Telecom"), "nas.lab.example, Telecom");
  assert.equal(eachOnce(undefined, undefined), "");
});
