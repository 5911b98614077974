import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const txt = fixture(import.meta.url, "c-ares-txt.bin");
const version = hex("001e 0006 0100 0001 0000 0000 0000 0776657273696f6e0462696e6400 0010 0003");
// dig +tcp AXFR with EDNS and a cookie.
const transfer = hex(`0034 1234 0020 0001 0000 0000 0001 07 6578616d706c65 03 6f7267 00 00fc 0001
  00 0029 1000 00000000 000c 000a 0008 0102030405060708`);
const status = hex("000c 0000 1000 0000 0000 0000 0000");

describe("dns", () => {
  test("the question is read", () => {
    equalFacts(parse(txt), match({ operation: "query", name: "version.example.org", type: "TXT", class: "IN" }));
    equalFacts(parse(transfer), match({ operation: "query", name: "example.org", type: "AXFR", class: "IN" }));
  });

  test("a question for the server's version is marked", () => {
    equalFacts(
      parse(version),
      match({ operation: "query", name: "version.bind", type: "TXT", class: "CH", asksVersion: true }),
    );
  });

  test("a status request has no question", () => {
    equalFacts(parse(status), match({ operation: "status" }));
  });

  test("dots and other bytes in a label are escaped", () => {
    const outcome = parse(hex("0014 0001 0000 0001 0000 0000 0000 03 2e41ff 00 0001 0001").with(1, 0x15));
    assert.ok(outcome.kind === "match");
    assert.equal(outcome.value.name, "\\046A\\255");
  });

  test("an answer, a compressed name and a wrong length are something else", () => {
    assert.equal(
      parse(hex("001e 0006 8100 0001 0000 0000 0000 0776657273696f6e0462696e6400 0010 0003")).kind,
      "mismatch",
    );
    assert.equal(parse(hex("0012 0006 0100 0001 0000 0000 0000 c00c 0001 0001")).kind, "mismatch");
    assert.equal(
      parse(hex("001f 0006 0100 0001 0000 0000 0000 0776657273696f6e0462696e6400 0010 0003 00")).kind,
      "mismatch",
    );
  });

  parserProperties(parse, { valid: [txt, version, transfer, status] });
});
