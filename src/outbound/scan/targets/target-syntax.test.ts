import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressFromBigInt } from "../../../core/address.ts";
import { formatRange } from "../../../core/network.ts";
import { parseTarget } from "./target-syntax.ts";

function rangeText(text: string): string | undefined {
  const parsed = parseTarget(text);
  return parsed.kind === "range" ? formatRange(parsed.range) : undefined;
}

test("addresses, networks and ranges of both families are read", () => {
  assert.equal(rangeText("10.0.0.7"), "10.0.0.7");
  assert.equal(rangeText(" 10.0.0.0/30 "), "10.0.0.0-10.0.0.3");
  assert.equal(rangeText("10.0.0.1-50"), "10.0.0.1-10.0.0.50");
  assert.equal(rangeText("10.0.0.1-10.0.1.7"), "10.0.0.1-10.0.1.7");
  assert.equal(rangeText("fd00::/126"), "fd00::-fd00::3");
  assert.equal(rangeText("fd00::1-fd00::ff"), "fd00::1-fd00::ff");
  assert.equal(rangeText("::ffff:10.0.0.1"), "10.0.0.1");
});

test("a link-local address keeps its interface", () => {
  const parsed = parseTarget("fe80::1%eth0");
  assert.ok(parsed.kind === "range");
  assert.equal(parsed.zone, "eth0");
  assert.equal(formatRange(parsed.range), "fe80::1");
});

test("names and files are distinguished from addresses", () => {
  assert.deepEqual(parseTarget("nas.lan"), { kind: "name", name: "nas.lan" });
  assert.deepEqual(parseTarget("my-host_2"), { kind: "name", name: "my-host_2" });
  assert.deepEqual(parseTarget("host-1.example.org."), { kind: "name", name: "host-1.example.org." });
  assert.deepEqual(parseTarget("@hosts.txt"), { kind: "file", path: "hosts.txt" });
});

test("mistyped addresses are not resolved as names", () => {
  for (const text of [
    "10.0.0.300",
    "10.0.0",
    "10.0.0.1/33",
    "10.0.0.9-1",
    "1-5",
    "10.0.0.1-fd00::1",
    "0x7f",
    "1",
    "-x",
    "a..b",
    "@",
    "",
  ]) {
    assert.equal(parseTarget(text).kind, "bad", text);
  }
});

test("any text is read without an exception, and a reason is short", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.stringMatching(/^[0-9a-f.:/%@-]{0,60}$/)),
      (text) => {
        const parsed = parseTarget(text);
        if (parsed.kind === "bad") assert.ok(parsed.reason.length < 800 && parsed.reason !== "");
      },
    ),
  );
});

test("every address is read as the range of itself only", () => {
  const anyAddress = fc.oneof(
    fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }).map((value) => addressFromBigInt(value, 4)),
    fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((value) => addressFromBigInt(value, 6)),
  );
  fc.assert(
    fc.property(anyAddress, (address) => {
      const parsed = parseTarget(address);
      assert.ok(parsed.kind === "range");
      assert.equal(parsed.range.first, parsed.range.last);
    }),
  );
});
