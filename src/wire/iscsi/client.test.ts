import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const body = text("InitiatorName=iqn.1993-08.org.debian:01:abc\0SessionType=Discovery\0AuthMethod=None\0");
const login = joined(hex("43870000 00"), Uint8Array.of(0, 0, body.length), new Uint8Array(40), body);

describe("iscsi", () => {
  test("the initiator is read", () => {
    equalFacts(parse(login), match({ initiator: "iqn.1993-08.org.debian:01:abc", session: "Discovery" }));
  });

  test("a letter C is something else", () => {
    assert.equal(parse(text("CONNECT a:1 HTTP/1.1\r\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [login] });
});
