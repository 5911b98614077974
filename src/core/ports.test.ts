import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatPorts, parsePorts } from "./ports.ts";

function ports(text: string): readonly number[] {
  const outcome = parsePorts(text);
  assert.equal(outcome.kind, "ports", text);
  return outcome.kind === "ports" ? outcome.ports : [];
}

test("lists, ranges and open ranges are read, sorted, each port once", () => {
  assert.deepEqual(ports("443, 80,80"), [80, 443]);
  assert.deepEqual(ports("8000-8002,8001"), [8000, 8001, 8002]);
  assert.equal(ports("-").length, 65535);
  assert.deepEqual(ports("-3"), [1, 2, 3]);
  assert.deepEqual(ports("65534-"), [65534, 65535]);
});

test("a wrong part is named with the reason", () => {
  assert.deepEqual(parsePorts("80,http"), {
    kind: "bad",
    part: "http",
    reason: "a port is a number from 1 to 65535, a range is FIRST-LAST",
  });
  assert.deepEqual(parsePorts("0"), { kind: "bad", part: "0", reason: "a port is a number from 1 to 65535" });
  assert.deepEqual(parsePorts("90-80"), { kind: "bad", part: "90-80", reason: "the range runs backwards" });
  assert.equal(parsePorts("").kind, "bad");
  assert.equal(parsePorts("80,").kind, "bad");
  assert.equal(parsePorts("65536").kind, "bad");
});

test("parsing never throws, and formatted lists parse to the same", () => {
  fc.assert(fc.property(fc.string(), (text) => void parsePorts(text)));
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), { minLength: 1, maxLength: 50 }), (chosen) => {
      assert.deepEqual(
        ports(formatPorts(chosen)),
        [...chosen].sort((a, b) => a - b),
      );
    }),
  );
  assert.equal(formatPorts([443, 80, 81, 82]), "80-82,443");
});
