import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const list = fixture(import.meta.url, "nbd-client-list.bin");
const option = (code: string, body: Uint8Array) =>
  joined(hex("00000003"), text("IHAVEOPT"), hex(code), hex(body.length.toString(16).padStart(8, "0")), body);
const exportName = option("00000001", text("disk1"));
const go = option("00000007", joined(hex("00000005"), text("disk1"), hex("0000")));

describe("network block device", () => {
  test("the option and the device are read", () => {
    equalFacts(parse(list), match({ option: "list" }));
    equalFacts(parse(exportName), match({ option: "export-name", export: "disk1" }));
    equalFacts(parse(go), match({ option: "go", export: "disk1" }));
    assert.equal(parse(option("000000ff", text(""))).kind, "mismatch");
  });

  parserProperties(parse, { valid: [list, exportName, go] });
});
