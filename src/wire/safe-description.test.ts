import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { makeSafe } from "./safe-description.ts";

test("texts are made safe and bounded wherever they stand; the rest stays", () => {
  const described = makeSafe({
    http: { path: "/\x1b[2J\u202e", host: "x".repeat(5000), ok: true },
    tls: { alpn: ["h2", "\x07"], sni: "example.org" },
    proxy: { source: { address: "192.0.2.1\n", port: 1 } },
  });
  assert.equal(described.http.path, "/.[2J.");
  assert.ok(described.http.host.length < 2100);
  assert.equal(described.http.ok, true);
  assert.deepEqual(described.tls, { alpn: ["h2", "."], sni: "example.org" });
  assert.deepEqual(described.proxy, { source: { address: "192.0.2.1 ", port: 1 } });
});

test("a long list is cut", () => {
  assert.equal(makeSafe({ tls: { alpn: Array.from({ length: 500 }, String) } }).tls.alpn.length, 64);
});

test("no control character survives", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.array(fc.string({ unit: "binary" })), (text, list) => {
      const described = makeSafe({ x: { text, list: [...list] } });
      for (const value of [described.x.text, ...described.x.list]) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these must be gone
        assert.doesNotMatch(value, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }
    }),
  );
});
