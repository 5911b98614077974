import assert from "node:assert/strict";
import { test } from "node:test";
import { protocolFacts } from "./protocol-facts.ts";

test("a protocol's facts are text, lists and endpoints included", () => {
  const source = { address: "192.0.2.1", port: 1 };
  assert.deepEqual(
    protocolFacts({ protocol: "proxy", complete: true, proxy: { version: 1, source, headerBytes: 36 } }),
    [
      ["version", "1"],
      ["source", "{address=192.0.2.1 port=1}"],
      ["headerBytes", "36"],
    ],
  );
  assert.deepEqual(
    protocolFacts({
      protocol: "rdp",
      complete: true,
      rdp: { cookie: "ann", requestedProtocols: ["tls", "nla"] },
    }),
    [
      ["cookie", "ann"],
      ["requestedProtocols", "tls,nla"],
    ],
  );
});

test("silence and unknown bytes have none", () => {
  assert.deepEqual(protocolFacts({ protocol: "none", complete: false }), []);
  const summary = { kind: "text", preview: "what is this" } as const;
  assert.deepEqual(protocolFacts({ protocol: "unknown", complete: true, summary }), []);
});
