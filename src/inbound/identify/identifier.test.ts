import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { identify } from "../../wire/identify.ts";
import { Identifier } from "./identifier.ts";

function counting() {
  const asked: Uint8Array[] = [];
  const identifier = new Identifier((bytes, expected) => {
    asked.push(bytes);
    return identify(bytes, expected);
  });
  return { asked, identifier };
}

describe("a caching identifier", () => {
  test("returns what identification returns, the first time and later", () => {
    const { identifier } = counting();
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.constantFrom("GET / HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\n", "", "EHLO a\r\n").map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, (first) => {
        assert.deepEqual(identifier.identify(first), identify(first));
        assert.deepEqual(identifier.identify(Uint8Array.from(first)), identify(first));
      }),
    );
  });

  test("parses equal bytes once", () => {
    const { asked, identifier } = counting();
    const answers = [1, 2, 3].map(() => identifier.identify(Buffer.from("GET / HTTP/1.0\r\n\r\n")));
    assert.equal(asked.length, 1);
    assert.equal(answers[0], answers[2]);
  });

  test("uses the expected protocol as part of the key", () => {
    const { asked, identifier } = counting();
    const user = Buffer.from("USER bob\r\n");
    const named = [undefined, "pop3", "ftp", "pop3"] as const;
    assert.deepEqual(
      named.map((expected) => identifier.identify(user, expected).protocol),
      ["ftp", "pop3", "ftp", "pop3"],
    );
    assert.equal(asked.length, 3);
  });

  test("distinguishes every bit, and in a view uses only its own bytes", () => {
    const { asked, identifier } = counting();
    identifier.identify(Uint8Array.of(0x80, 1));
    identifier.identify(Uint8Array.of(0x81, 1));
    identifier.identify(Uint8Array.of(9, 0x80, 1, 9).subarray(1, 3));
    assert.equal(asked.length, 2);
  });

  test("keeps frequent entries in a flood of different bytes, and evicts those", () => {
    const { asked, identifier } = counting();
    const usual = Buffer.from("GET / HTTP/1.0\r\n\r\n");
    for (let number = 0; number < 5000; number++) {
      identifier.identify(Buffer.from(`junk ${number}`));
      if (number % 10 === 0) identifier.identify(usual);
    }
    const asked500Times = asked.filter((bytes) => Buffer.from(bytes).equals(usual)).length;
    assert.ok(asked500Times < 25, `${asked500Times}`);
    const before = asked.length;
    identifier.identify(Buffer.from("junk 0"));
    assert.equal(asked.length, before + 1);
  });
});
