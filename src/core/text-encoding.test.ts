import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { cutCharacterBytes, decodeOutput, encodingOf } from "./text-encoding.ts";

function utf16be(text: string): Buffer {
  return Buffer.from(text, "utf16le").swap16();
}

describe("the encoding of text", () => {
  test("is detected by a byte order mark, or by the zero bytes of UTF-16", () => {
    assert.equal(encodingOf(Buffer.from("\ufeff10.0.0.1", "utf16le")), "utf-16le");
    assert.equal(encodingOf(utf16be("\ufeff10.0.0.1")), "utf-16be");
    assert.equal(encodingOf(Buffer.from("10.0.0.1 \u00fc\r\n", "utf16le")), "utf-16le");
    assert.equal(encodingOf(utf16be("10.0.0.1\r\n")), "utf-16be");
  });

  test("is UTF-8 otherwise", () => {
    for (const text of ["", "a", "10.0.0.1\n", "a\0b", "\0\0\0\0", "x\0\0y"]) {
      assert.equal(encodingOf(Buffer.from(text)), "utf-8", JSON.stringify(text));
    }
  });
});

describe("the output of a command", () => {
  test("is read as UTF-8, and lines that are not as Latin-1", () => {
    const bytes = Buffer.concat([
      Buffer.from("grün\n"),
      Buffer.from("latin1 \u00e4\u00f6 \n", "latin1"),
      Buffer.from("日本語"),
    ]);
    assert.equal(decodeOutput(bytes), "grün\nlatin1 äö \n日本語");
  });

  test("is read as UTF-16 if it is that", () => {
    assert.equal(decodeOutput(Buffer.from("\ufeff10.0.0.1\r\n", "utf16le")), "10.0.0.1\r\n");
    assert.equal(decodeOutput(utf16be("10.0.0.1\r\n")), "10.0.0.1\r\n");
  });

  test("is returned unchanged if it was printed in UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!text.includes("\0") && !text.startsWith("\ufeff"));
        assert.equal(decodeOutput(Buffer.from(text)), text);
      }),
    );
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => assert.equal(typeof decodeOutput(bytes), "string")),
    );
  });
});

describe("a cut character", () => {
  test("is recognised by its first byte", () => {
    for (const text of ["a", "é", "語", "🖥"]) {
      const whole = Buffer.from(text);
      assert.equal(cutCharacterBytes(Buffer.from(`x${text}`)), 0, text);
      for (let kept = 1; kept < whole.length; kept += 1) {
        assert.equal(cutCharacterBytes(Buffer.concat([Buffer.from("x"), whole.subarray(0, kept)])), kept, text);
      }
    }
    assert.equal(cutCharacterBytes(Buffer.of()), 0);
  });
});
