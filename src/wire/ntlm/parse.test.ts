import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { findNtlm } from "./find.ts";
import { ntlmResponses, parse } from "./parse.ts";

const utf16 = (value: string) => Uint8Array.from(Buffer.from(value, "utf16le"));
// The domain and the workstation follow their fields.
const negotiate = joined(
  text("NTLMSSP\0"),
  hex("01000000 00320000 0400 0400 20000000 0300 0300 24000000"),
  text("CORPPC7"),
);
// A response of 24 bytes, then the domain, the user and the workstation.
const authenticate = joined(
  text("NTLMSSP\0"),
  hex("03000000 0000 0000 40000000 1800 1800 40000000 0800 0800 58000000 0a00 0a00 60000000"),
  hex("0600 0600 6a000000 0000 0000 70000000 01000000"),
  new Uint8Array(24).fill(0x5a),
  utf16("CORPalicePC7"),
);

describe("ntlm", () => {
  test("the user, the domain and the machine are read", () => {
    assert.deepEqual(parse(negotiate), match({ kind: "negotiate", domain: "CORP", workstation: "PC7" }));
    assert.deepEqual(
      parse(authenticate),
      match({ kind: "authenticate", user: "alice", domain: "CORP", workstation: "PC7" }),
    );
  });

  test("they are found within wrappers, and the later message contains more", () => {
    const wrapped = joined(hex("6048"), negotiate, hex("a182"), authenticate);
    assert.equal(findNtlm(wrapped).user, "alice");
    assert.deepEqual(findNtlm(text("nothing")), {});
  });

  test("the proof of the user is a secret", () => {
    assert.deepEqual(ntlmResponses(authenticate), [{ start: 64, end: 88 }]);
    assert.deepEqual(ntlmResponses(negotiate), []);
  });

  test("a challenge is from a server", () => {
    assert.equal(parse(joined(text("NTLMSSP\0"), hex("02000000"))).kind, "mismatch");
  });

  parserProperties(parse, { valid: [authenticate], streams: [negotiate] });
});
