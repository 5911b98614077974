import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

/** An element with a length of one byte. */
function element(tag: number, ...contents: readonly (Uint8Array | string)[]): Uint8Array {
  const body = joined(
    ...contents.map((part) => (typeof part === "string" ? Uint8Array.from(Buffer.from(part)) : part)),
  );
  return joined(Uint8Array.of(tag, body.length), body);
}

function principal(kind: number, ...names: readonly string[]): Uint8Array {
  const parts = names.map((name) => element(0x1b, name));
  return element(0x30, element(0xa0, Uint8Array.of(2, 1, kind)), element(0xa1, element(0x30, ...parts)));
}

const body = element(
  0x30,
  element(0xa0, hex("0305005080 0010")),
  element(0xa1, principal(1, "alice")),
  element(0xa2, element(0x1b, "EXAMPLE.ORG")),
  element(0xa3, principal(2, "krbtgt", "EXAMPLE.ORG")),
);
const request = element(
  0x6a,
  element(0x30, element(0xa1, hex("020105")), element(0xa2, hex("02010a")), element(0xa4, body)),
);
const message = joined(Uint8Array.of(0, 0, 0, request.length), request);

describe("kerberos", () => {
  test("a request contains client, service and realm", () => {
    assert.deepEqual(
      parse(message),
      match({ message: "AS-REQ", client: "alice", realm: "EXAMPLE.ORG", server: "krbtgt/EXAMPLE.ORG" }),
    );
  });

  test("another version and another tag are something else", () => {
    assert.equal(parse(message.with(12, 4)).kind, "mismatch");
    assert.equal(parse(message.with(4, 0x6b)).kind, "mismatch");
  });

  parserProperties(parse, { valid: [message] });
});
