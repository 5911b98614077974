import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseRpcReply, rpcRegistrations } from "./server.ts";

describe("parseRpcReply", () =>
  parserProperties(parseRpcReply, {
    valid: [],
    streams: serverAnswers.parseRpcReply,
    runs: 60,
  }));

test("the list of a port mapper is read to its end, and a cut one is rejected", () => {
  const list = hex(
    "00000001 000186a0 00000004 00000006 0000006f 00000001 000186a5 00000003 00000011 00004e50 00000000",
  );
  assert.deepEqual(rpcRegistrations(list), [
    { program: 100000, version: 4, protocol: "tcp", port: 111 },
    { program: 100005, version: 3, protocol: "udp", port: 20048 },
  ]);
  assert.equal(rpcRegistrations(list.subarray(0, 30)), undefined);
});
