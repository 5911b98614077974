import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { identify } from "../identify.ts";
import { match } from "../outcome.ts";
import { findSecrets } from "../secrets.ts";
import { parse } from "./client.ts";

const get = fixture(import.meta.url, "snmpget-v2c.bin");
// Version 3, with the user "alice" and a request in clear.
const version3 = hex(`3034 020103 300d 020101 020205c0 040104 020103
  0415 3013 0400 020100 020100 0405616c696365 0400 0400 3009 0400 0400 a003 020101`);

describe("SNMP over TCP", () => {
  test("the version, the operation, the object and the user are read", () => {
    assert.deepEqual(parse(get), match({ version: "2c", operation: "get", oid: "1.3.6.1.2.1.1.1.0" }));
    assert.deepEqual(parse(version3), match({ version: "3", user: "alice" }));
  });

  test("the community is a secret", () => {
    assert.deepEqual(findSecrets(get, identify(get)), [{ start: 7, end: 13, text: "public" }]);
    assert.deepEqual(findSecrets(version3, identify(version3)), []);
  });

  parserProperties(parse, { valid: [get, version3] });
});
