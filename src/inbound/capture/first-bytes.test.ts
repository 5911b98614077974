import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { FirstBytes } from "./first-bytes.ts";

describe("the first bytes of a connection", () => {
  test("fragments give the same bytes as one piece, cut at the limit", () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 700 }), { maxLength: 20 });
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 4096 }), (parts, limit) => {
        const first = new FirstBytes(limit);
        for (const part of parts) first.add(part);
        const whole = Buffer.concat(parts).subarray(0, limit);
        assert.deepEqual(Buffer.from(first.view()), whole);
        assert.equal(first.length, whole.length);
        assert.equal(first.isFull, whole.length === limit);
      }),
    );
  });

  test("dropped bytes are gone, and more can follow", () => {
    const first = new FirstBytes(8);
    first.add(Buffer.from("abcd"));
    first.drop(3, 8);
    first.add(Buffer.from("efghijklmn"));
    assert.equal(Buffer.from(first.view()).toString(), "defghijk");
  });

  test("dropping can lower the limit, for present and later bytes", () => {
    const first = new FirstBytes(100);
    first.add(Buffer.from("abcdefghij"));
    first.drop(3, 4);
    assert.equal(Buffer.from(first.view()).toString(), "defg");
    assert.equal(first.isFull, true);
    first.add(Buffer.from("x"));
    assert.equal(Buffer.from(first.view()).toString(), "defg");
  });

  test("a large chunk of which little is needed is released", () => {
    const first = new FirstBytes(16);
    first.add(new Uint8Array(65_536));
    assert.equal(first.view().buffer.byteLength, 16);
  });
});
