import assert from "node:assert/strict";
import { test } from "node:test";
import { dialText } from "./dial-text.ts";

test("a port without a connection is described in a sentence", () => {
  const said = (kind: Parameters<typeof dialText>[0]["kind"]) => dialText({ kind, reason: "no route" });
  assert.equal(said("closed"), "port is closed");
  assert.equal(said("filtered"), "port does not answer in time");
  assert.equal(said("unreachable"), "port is unreachable: no route");
  assert.equal(said("local-error"), "port could not be tested: no route");
});
