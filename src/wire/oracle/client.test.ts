import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

/** A CONNECT packet with its connect data at offset 58. */
function connect(data: string): Uint8Array {
  const length = (58 + data.length).toString(16).padStart(4, "0");
  const dataLength = data.length.toString(16).padStart(4, "0");
  return joined(
    hex(
      `${length} 0000 01 00 0000 0136 012c 0000 0800 7fff 7f08 0000 0001 ${dataLength} 003a 00000000 0000 ${"00".repeat(24)}`,
    ),
    text(data),
  );
}

const version = connect("(CONNECT_DATA=(COMMAND=version))");
const login = connect(
  "(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=192.0.2.7)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=shop)(CID=(PROGRAM=sqlplus)(HOST=desk-7)(USER=alice))))",
);

describe("oracle", () => {
  test("the connect data contains service, program, host and user", () => {
    equalFacts(
      parse(login),
      match({ version: 310, serviceName: "shop", program: "sqlplus", host: "desk-7", user: "alice" }),
    );
  });

  test("a request to the listener is read", () => {
    equalFacts(parse(version), match({ version: 310, command: "version" }));
  });

  test("another kind of packet, and data without brackets, are something else", () => {
    assert.equal(parse(version.with(4, 2)).kind, "mismatch");
    assert.equal(parse(version.with(58, 0x41)).kind, "mismatch");
  });

  parserProperties(parse, { valid: [version, login] });
});
