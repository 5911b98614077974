import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const plain = hex("000e 38 0102030405060708 00 00000000");
const wrapped = joined(hex("0036 38 0102030405060708"), new Uint8Array(45).fill(7));

describe("openvpn", () => {
  test("a hard reset shows the session, and how the control channel is protected", () => {
    const opcode = "P_CONTROL_HARD_RESET_CLIENT_V2";
    assert.deepEqual(parse(plain), match({ opcode, session: "0102030405060708", protection: "none" }));
    assert.deepEqual(
      parse(wrapped),
      match({ opcode, session: "0102030405060708", protection: "tls-auth or tls-crypt" }),
    );
  });

  test("DNS, Modbus and the answer of a server are something else", () => {
    for (const message of [
      "000e 40 0102030405060708 00 00000000",
      "001e 38 01 0100 0001 0000",
      "0000 0000 0005",
      "000f 38",
    ]) {
      assert.equal(parse(hex(message)).kind, "mismatch", message);
    }
  });

  parserProperties(parse, { valid: [plain, wrapped] });
});
