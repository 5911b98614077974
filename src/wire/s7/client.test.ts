import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const request = fixture(import.meta.url, "nodes7-connect.bin");
const impatient = joined(request, fixture(import.meta.url, "continued-nodes7-setup.bin"));
const panel = joined(hex("03000024 1f e0 0000 0001 00 c0010a c1020600 c210"), text("SIMATIC-ROOT-HMI"));

describe("s7", () => {
  test("the connection request contains rack and slot", () => {
    equalFacts(
      parse(request),
      match({ sourceTsap: "0100", destinationTsap: "0102", connection: "pg", rack: 0, slot: 2 }),
    );
  });

  test("a newer controller is addressed by name", () => {
    equalFacts(parse(panel), match({ sourceTsap: "0600", destinationTsap: "SIMATIC-ROOT-HMI" }));
  });

  test("a client that does not wait shows its function", () => {
    const outcome = parse(impatient);
    assert.ok(outcome.kind === "match");
    assert.equal(outcome.value.function, "setup-communication");
  });

  test("RDP and MMS, which begin the same, are something else", () => {
    const rdp = joined(hex("0300002a 25 e0 0000 0000 00"), text("Cookie: mstshash=nmap\r\n"), hex("01000800 03000000"));
    assert.equal(parse(rdp).kind, "mismatch");
    assert.equal(parse(hex("0300000b 06 e0 0000 0000 00")).kind, "mismatch");
    assert.equal(parse(hex("03000016 11 e0 0000 0001 00 c0010a c1020001 c2020001")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [request, panel], streams: [impatient] });
});
