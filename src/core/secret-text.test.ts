import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { decodeSecret, withoutLineEnd } from "./secret-text.ts";

function utf16be(text: string): Buffer {
  return Buffer.from(text, "utf16le").swap16();
}

describe("the bytes of a file with a secret", () => {
  for (const [what, bytes] of [
    ["UTF-8", Buffer.from("pässword")],
    ["UTF-8 with a byte order mark", Buffer.from("\ufeffpässword")],
  ] as const) {
    test(`are read as ${what}`, () => assert.deepEqual(decodeSecret(bytes), { kind: "text", text: "pässword" }));
  }

  test("are rejected in UTF-16, with or without a byte order mark", () => {
    const texts = [Buffer.from("\ufeffsecret", "utf16le"), utf16be("\ufeffsecret"), Buffer.from("secret", "utf16le")];
    for (const bytes of texts) {
      assert.deepEqual(decodeSecret(bytes), { kind: "bad", reason: "is in UTF-16; save it as UTF-8" });
    }
  });

  test("are rejected if they are not UTF-8", () => {
    assert.deepEqual(decodeSecret(Buffer.from("s\u00e4cret", "latin1")), {
      kind: "bad",
      reason: "is not text in UTF-8; save it as UTF-8",
    });
    assert.equal(decodeSecret(Buffer.from([0xff, 0xfe, 0x00])).kind, "bad");
    assert.equal(decodeSecret(Buffer.from("se\0cret")).kind, "bad");
  });

  test("return any text that was written in UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!text.includes("\0") && !text.startsWith("\ufeff"));
        assert.deepEqual(decodeSecret(Buffer.from(text)), { kind: "text", text });
      }),
    );
  });

  test("never throw", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeSecret(bytes)));
  });
});

describe("the line end of a secret", () => {
  test("does not count, but blanks and line ends inside do", () => {
    assert.equal(withoutLineEnd("secret\n"), "secret");
    assert.equal(withoutLineEnd("secret\r\n\r\n"), "secret");
    assert.equal(withoutLineEnd(" a\nb \n"), " a\nb ");
    assert.equal(withoutLineEnd("\n"), "");
  });
});
