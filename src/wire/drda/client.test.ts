import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";
import { drdaSecrets } from "./secrets.ts";

// EXTNAM "derbydnc", SRVCLSNM "QDERBY"; then ACCSEC with RDBNAM "SAMPLE"; then SECCHK with USRID "app" and PASSWORD "pw".
const attributes = hex("0020 d041 0001 001a 1041 000c 115e 84859982a8849583 000a 1147 d8c4c5d9c2e8");
const security = hex("0014 d001 0002 000e 106d 000a 2110 e2c1d4d7d3c5");
const check = hex("0017 d001 0003 0011 106e 0007 11a0 819797 0006 11a1 97a6");

describe("drda", () => {
  test("names, the database and the user are read; the password is a secret", () => {
    const facts = { externalName: "derbydnc", client: "QDERBY", database: "SAMPLE" };
    assert.deepEqual(parse(joined(attributes, security)), match(facts));
    const all = joined(attributes, security, check);
    assert.deepEqual(parse(all), match({ ...facts, user: "app" }));
    assert.deepEqual(drdaSecrets(all), [{ start: all.length - 2, end: all.length }]);
  });

  test("another command, and another mark, is something else", () => {
    assert.equal(parse(check).kind, "mismatch");
    assert.equal(parse(hex("0020 d141 0001 001a 1041")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [attributes], streams: [joined(attributes, security)] });
});
