import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const hello = fixture(import.meta.url, "node-driver-hello.bin");
// OP_MSG { listDatabases: 1, $db: "admin" }
const listDatabases = joined(
  hex("3c000000 01000000 00000000 dd070000 00000000 00 27000000 10"),
  text("listDatabases\0"),
  hex("01000000 02"),
  text("$db\0"),
  hex("06000000"),
  text("admin\0"),
  hex("00"),
);

describe("mongodb", () => {
  test("a driver's first message contains the command, the application and the driver", () => {
    equalFacts(
      parse(hello),
      match({
        operation: "OP_QUERY",
        command: "ismaster",
        database: "admin",
        applicationName: "inventory",
        driver: "nodejs 7.9.0",
        operatingSystem: "Linux",
      }),
    );
  });

  test("OP_MSG names its command and database", () => {
    equalFacts(parse(listDatabases), match({ operation: "OP_MSG", command: "listDatabases", database: "admin" }));
  });

  test("an answer, an unknown operation and broken BSON are something else", () => {
    const answer = Uint8Array.from(listDatabases);
    answer[8] = 7;
    assert.equal(parse(answer).kind, "mismatch");
    assert.equal(parse(hex("3c000000 01000000 00000000 dc050000")).kind, "mismatch");
    const broken = Uint8Array.from(listDatabases);
    broken[25] = 0x55;
    assert.equal(parse(broken).kind, "mismatch");
  });

  test("the user is read from a request for login mechanisms", () => {
    const element = (kind: string, name: string, value: Uint8Array) => joined(hex(kind), text(`${name}\0`), value);
    const user = text("admin.alice.b\0");
    const mechanisms = element("02", "saslSupportedMechs", joined(hex(`0${user.length.toString(16)}000000`), user));
    const elements = joined(element("10", "hello", hex("01000000")), mechanisms, hex("00"));
    const document = joined(hex(`${(elements.length + 4).toString(16)}000000`), elements);
    const body = joined(hex("01000000 00000000 dd070000 00000000 00"), document);
    const outcome = parse(joined(hex(`${(body.length + 4).toString(16)}000000`), body));
    equalFacts(outcome, match({ operation: "OP_MSG", command: "hello", user: "alice.b" }));
  });

  test("endlessly nested documents are rejected", () => {
    const nested = joined(
      hex("00400000 01000000 00000000 dd070000 00000000 00"),
      ...Array.from({ length: 1000 }, () => hex("f03f0000 03 6100")),
    );
    assert.equal(parse(nested).kind, "mismatch");
  });

  parserProperties(parse, { valid: [hello, listDatabases] });
});
