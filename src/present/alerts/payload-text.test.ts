import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type PayloadTextOptions, payloadText } from "./payload-text.ts";

const usual: PayloadTextOptions = { mode: "auto", maxChars: 600, stripControl: true };

function shown(payload: string | readonly number[], options: Partial<PayloadTextOptions> = {}): string {
  const bytes = typeof payload === "string" ? Buffer.from(payload) : Uint8Array.from(payload);
  const { mode, text } = payloadText(bytes, { ...usual, ...options });
  return `${mode}: ${text}`;
}

describe("the payload in an alert", () => {
  test("auto: text is text, in any script", () => {
    assert.equal(shown("GET / HTTP/1.0\r\n\r\n"), "text: GET / HTTP/1.0\n\n");
    assert.equal(shown("Grüße, 世界 🌍"), "text: Grüße, 世界 🌍");
    assert.equal(shown(""), "text: ");
  });

  test("auto: hex if it has a NUL, is not UTF-8, or has too few printable characters", () => {
    assert.equal(shown("ab\0cd"), "hex: 6162006364");
    assert.equal(shown([0x68, 0x69, 0xff]), "hex: 6869ff");
    assert.equal(shown(`${"\x01".repeat(16)}${"a".repeat(84)}`), `hex: ${"01".repeat(16)}${"61".repeat(84)}`);
    assert.equal(shown(`${"\x01".repeat(15)}${"a".repeat(85)}`), `text: ${".".repeat(15)}${"a".repeat(85)}`);
  });

  test("auto: a character that the limit cuts does not make it binary", () => {
    const bytes = [...Buffer.from("Grüße 世")].slice(0, -1);
    assert.equal(shown(bytes, { isCut: true }), "text: Grüße ");
    assert.match(shown(bytes), /^hex: /);
  });

  test("a configured mode is used", () => {
    assert.equal(shown("hi", { mode: "hex" }), "hex: 6869");
    assert.equal(shown("hi", { mode: "base64" }), "base64: aGk=");
    assert.equal(shown([0x68, 0xff, 0, 0x69], { mode: "text" }), "text: h\ufffd.i");
  });

  test("control characters become dots, or escapes if they are not stripped; line ends and tabs stay", () => {
    assert.equal(shown("a\tb\r\nc\rd\x1b[2J"), "text: a\tb\nc\nd.[2J");
    assert.equal(shown("a\tb\x1b[2J\u202ed", { mode: "text", stripControl: false }), "text: a\tb\\x1b[2J\\u{202e}d");
  });

  test("text that is too long is cut, with the number of missing characters", () => {
    assert.equal(shown("a".repeat(700)), `text: ${"a".repeat(600)}... [100 more characters]`);
    assert.equal(shown("abcdef", { mode: "hex", maxChars: 4 }), "hex: 6162... [8 more characters]");
    assert.equal(shown("ab🌍", { maxChars: 3 }), "text: ab... [2 more characters]");
  });

  test("any bytes become bounded text without a control or invisible character", () => {
    const options = fc.record({
      mode: fc.constantFrom("auto", "text", "hex", "base64"),
      maxChars: fc.integer({ min: 1, max: 300 }),
      stripControl: fc.boolean(),
      isCut: fc.boolean(),
    });
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.string({ unit: "binary", maxLength: 200 }).map((text) => Uint8Array.from(Buffer.from(text))),
    );
    fc.assert(
      fc.property(payload, options, (bytes, chosen) => {
        const { text } = payloadText(bytes, chosen);
        const unsafe = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069]/u;
        assert.equal(unsafe.test(text.replace(/[\n\t]/g, "")), false);
        assert.ok(text.length <= chosen.maxChars * 8 + 40);
      }),
    );
  });
});
