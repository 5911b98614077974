import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const header = hex("4a524d49 0002 4b");
// What LocateRegistry.getRegistry(...).list() sends, as if it had not waited for the answer to the header.
const list = joined(header, fixture(import.meta.url, "continued-registry-list.bin"));
const payload = joined(
  hex("4a524d49 0002 4c 50 aced0005 77 22 0000000000000002 000000000000000000000000 0000 00000001 f6b6898d8bf28643"),
  hex("73 72 0011"),
  text("java.util.HashMap"),
);

describe("java-rmi", () => {
  test("the header contains version and sub-protocol", () => {
    equalFacts(parse(header), match({ version: 2, protocol: "stream" }));
  });

  test("a call of the registry is named", () => {
    equalFacts(
      parse(list),
      match({
        version: 2,
        protocol: "stream",
        clientHost: "127.0.0.1",
        message: "call",
        object: "registry",
        operation: "list",
      }),
    );
  });

  test("an object sent to the garbage collector is named", () => {
    equalFacts(
      parse(payload),
      match({
        version: 2,
        protocol: "single-operation",
        message: "call",
        object: "garbage-collector",
        operation: "dirty",
        className: "java.util.HashMap",
      }),
    );
  });

  test("an unknown sub-protocol is something else", () => {
    assert.equal(parse(hex("4a524d49 0002 41")).kind, "mismatch");
    assert.equal(parse(text("JOIN #x\r\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [header], streams: [list, payload] });
});
