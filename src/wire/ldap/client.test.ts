import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const bind = fixture(import.meta.url, "ldapsearch-bind.bin");
const anonymous = fixture(import.meta.url, "ldapsearch-anonymous.bin");
const startTls = fixture(import.meta.url, "ldapsearch-starttls.bin");
const search = fixture(import.meta.url, "ldapsearch-search.bin");
// A search in the long form of lengths, as Windows writes them.
const longForm = hex(`30 84 0000002d 020107 63 84 00000024 0400 0a0100 0a0100 020100 020164 010100
  870b 6f626a656374436c617373 30 84 00000000`);
const sasl = joined(hex("3019 020101 6014 020103 0400 a30d 040b"), text("EXTERNAL-XY"));

describe("ldap", () => {
  test("a bind shows the user, but no password", () => {
    equalFacts(
      parse(bind),
      match({ operation: "bind", version: 3, name: "cn=admin,dc=example,dc=org", authentication: "simple" }),
    );
    equalFacts(parse(anonymous), match({ operation: "bind", version: 3, authentication: "anonymous" }));
  });

  test("a SASL bind shows its mechanism", () => {
    equalFacts(parse(sasl), match({ operation: "bind", version: 3, authentication: "sasl", mechanism: "EXTERNAL-XY" }));
  });

  test("a request for encryption is distinguished from other extended operations", () => {
    equalFacts(parse(startTls), match({ operation: "extended", oid: "1.3.6.1.4.1.1466.20037", startTls: true }));
  });

  test("a search shows its base and scope", () => {
    equalFacts(parse(search), match({ operation: "search", base: "", scope: "base" }));
    equalFacts(parse(longForm), match({ operation: "search", base: "", scope: "base" }));
  });

  test("SNMP, an answer of a server and lengths that do not nest are something else", () => {
    assert.equal(parse(hex("3026 020101 0406 7075626c6963 a019 0204")).kind, "mismatch");
    assert.equal(parse(hex("300c 020101 6107 0a0100 0400 0400")).kind, "mismatch");
    assert.equal(parse(hex("300c 020101 6017 020103 0400 8000")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [bind, anonymous, startTls, search, longForm, sasl] });
});
