import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ascii, latin1, maxInspectedBytes, Reader, startsWith } from "./reader.ts";

test("numbers are read in both byte orders", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  assert.equal(new Reader(bytes).u16(), 0x0102);
  assert.equal(new Reader(bytes).u24(), 0x010203);
  assert.equal(new Reader(bytes).u32(), 0x01020304);
  assert.equal(new Reader(bytes).u64(), 0x0102030405060708n);
  assert.equal(new Reader(bytes).u16le(), 0x0201);
  assert.equal(new Reader(bytes).u32le(), 0x04030201);
  assert.equal(new Reader(bytes).u64le(), 0x0807060504030201n);
});

test("a read past the end gives zero, is remembered, and every later read fails too", () => {
  const reader = new Reader(Uint8Array.of(7));
  assert.equal(reader.u16(), 0);
  assert.equal(reader.overrun, true);
  assert.equal(reader.u8(), 0);
  assert.equal(reader.remaining, 0);
  assert.equal(reader.failed(), "incomplete");
});

test("a structure that is longer than its complete length field is a contradiction", () => {
  const reader = new Reader(Uint8Array.of(2, 9, 9, 9));
  const body = reader.view(reader.u8());
  body.u32();
  assert.equal(body.failed(), "mismatch");
  assert.equal(reader.overrun, false);
});

test("a view over bytes that have not all arrived contains those that have, and is cut", () => {
  const reader = new Reader(Uint8Array.of(200, 1, 2));
  const body = reader.view(reader.u8());
  assert.equal(body.remaining, 2);
  assert.equal(body.cut, true);
  assert.equal(reader.overrun, false);
});

test("a length that contradicts the enclosing one overruns the enclosing view", () => {
  const outer = new Reader(Uint8Array.of(2, 9, 1, 1, 1)).view(3);
  outer.skip(1);
  const inner = outer.view(9);
  assert.equal(inner.remaining, 0);
  assert.equal(outer.overrun, true);
  assert.equal(outer.failed(), "mismatch");
});

test("a negative length is a contradiction even if the input is cut", () => {
  const reader = new Reader(Uint8Array.of(1, 2, 3));
  assert.equal(reader.view(-4).remaining, 0);
  assert.equal(reader.overrun, true);
  assert.equal(reader.failed(), "mismatch");
});

test("lines end in CRLF or LF, and a missing end is not an overrun", () => {
  const reader = new Reader(ascii("one\r\ntwo\nthree"));
  assert.equal(reader.line(10), "one");
  assert.equal(reader.line(10), "two");
  assert.equal(reader.line(10), undefined);
  assert.equal(reader.overrun, false);
  assert.equal(new Reader(ascii("too long\n")).line(4), undefined);
});

test("a C string without its NUL overruns, permanently if it is too long", () => {
  const reader = new Reader(ascii("ab\0cd"));
  assert.equal(reader.cString(10), "ab");
  assert.equal(reader.cString(10), "");
  assert.equal(reader.failed(), "incomplete");
  const long = new Reader(ascii("abcdef"));
  assert.equal(long.cString(4), "");
  assert.equal(long.failed(), "mismatch");
});

test("a constant is compared as far as there are bytes", () => {
  assert.equal(startsWith(ascii("SSH-2.0"), ascii("SSH-")), "match");
  assert.equal(startsWith(ascii("SS"), ascii("SSH-")), "incomplete");
  assert.equal(startsWith(ascii("SX"), ascii("SSH-")), "mismatch");
  assert.equal(startsWith(ascii("hElO"), ascii("helo"), 0, true), "match");
});

test("only the first bytes of a long input are read", () => {
  assert.equal(new Reader(new Uint8Array(1_000_000)).remaining, maxInspectedBytes);
});

test("text has one character per byte, short or long", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  assert.equal(latin1(bytes, 0xe9, 0xea), "\u00e9");
  assert.equal(latin1(bytes), String.fromCharCode(...bytes));
});

test("no order of reads throws or leaves the view", () => {
  const read = fc.constantFrom("u8", "u16", "u24", "u32", "u64", "u16le", "u32le", "u64le");
  const sized = fc.constantFrom("skip", "take", "latin1", "text", "view", "cString", "line");
  const step = fc.oneof(
    read.map((name) => ({ name, length: 0 })),
    fc.record({ name: sized, length: fc.integer({ min: -5, max: 70_000 }) }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.array(step), (bytes, steps) => {
      let reader = new Reader(bytes);
      for (const { name, length } of steps) {
        const before = reader.offset;
        const result = reader[name](length);
        if (result instanceof Reader) reader = result;
        assert.ok(reader.offset >= 0 && reader.offset <= reader.end && reader.end <= bytes.length);
        if (!(result instanceof Reader)) assert.ok(reader.offset >= before);
      }
    }),
  );
});
