import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { connectionPair } from "../../../test/harness/connection-pair.ts";
import { ConnectionEnds } from "./connection-ends.ts";

test("a table that was read before a connection ended says nothing of what its client still has to read", async () => {
  using pair = await connectionPair();
  const { accepted, client } = pair;
  const ends = new ConnectionEnds(() => {});
  ends.add(accepted, accepted);
  client.end();
  await once(accepted.resume(), "end");
  ends.beginLook();
  accepted.end("the answer");
  await once(accepted, "finish");
  accepted.destroy();
  assert.equal(ends.areWaiting, true);
  ends.look(new Map(), 250);
  assert.equal(accepted.destroyed, false);
  ends.beginLook();
  ends.look(new Map(), 250);
  assert.equal(accepted.destroyed, true);
});
