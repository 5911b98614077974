import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const body = joined(
  hex("80110100"),
  new Uint8Array(76),
  Uint8Array.of(16),
  text("/Satoshi:27.0.0/"),
  new Uint8Array(5),
);
const version = joined(
  hex("f9beb4d9"),
  text("version\0\0\0\0\0"),
  Uint8Array.of(body.length, 0, 0, 0),
  hex("01020304"),
  body,
);

describe("bitcoin", () => {
  test("network, version and program are read", () => {
    assert.deepEqual(parse(version), match({ network: "main", version: 70_016, userAgent: "/Satoshi:27.0.0/" }));
  });

  test("another command is something else", () => {
    assert.equal(parse(joined(hex("f9beb4d9"), text("ping\0\0\0\0\0\0\0\0"))).kind, "mismatch");
  });

  parserProperties(parse, { valid: [version] });
});
