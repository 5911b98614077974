import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const read = fixture(import.meta.url, "modbus-serial-read.bin");
const identify = hex("0000 0000 0005 00 2b 0e 01 00");
const serverId = hex("0001 0000 0002 ff 11");
const write = hex("0015 0000 000b 01 10 0001 0002 04 000a 0102");
const coil = hex("0001 0000 0006 01 05 00ac ff00");

describe("modbus", () => {
  test("a request contains the unit, the function and the registers", () => {
    assert.deepEqual(
      parse(read),
      match({ unit: 1, functionCode: 3, function: "read-holding-registers", address: 100, quantity: 10 }),
    );
    assert.deepEqual(
      parse(write),
      match({ unit: 1, functionCode: 16, function: "write-multiple-registers", address: 1, quantity: 2 }),
    );
    assert.deepEqual(parse(coil), match({ unit: 1, functionCode: 5, function: "write-single-coil", address: 172 }));
  });

  test("the requests that scanners send are named", () => {
    assert.deepEqual(parse(identify), match({ unit: 0, functionCode: 43, function: "read-device-identification" }));
    assert.deepEqual(parse(serverId), match({ unit: 255, functionCode: 17, function: "report-server-id" }));
  });

  test("a wrong length, quantity or byte count, and extra bytes, are something else", () => {
    for (const other of [
      "0001 0000 0007 01 03 0064 000a 00",
      "0001 0000 0006 01 03 0064 0000",
      "0001 0000 0006 01 03 ffff 000a",
      "0015 0000 000b 01 10 0001 0002 03 000a 0102",
      "0001 0000 0006 01 03 0064 000a 00 01 02 03",
      "001e 0006 0100 0001",
      "0000 0000 0000 0000",
    ]) {
      assert.equal(parse(hex(other)).kind, "mismatch", other);
    }
  });

  parserProperties(parse, { valid: [read, identify, serverId, write, coil] });
});
