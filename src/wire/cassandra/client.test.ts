import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const startup = fixture(import.meta.url, "node-driver-startup.bin");
const options = hex("04 00 0000 05 00000000");
const earlier = hex("01 00 00 05 00000000");

describe("cassandra", () => {
  test("STARTUP shows the language version and the driver", () => {
    equalFacts(
      parse(startup),
      match({
        version: "dse-2",
        opcode: "STARTUP",
        cqlVersion: "3.0.0",
        driver: "Apache Cassandra Node.js Driver 4.10.0",
      }),
    );
  });

  test("OPTIONS is what scanners send", () => {
    equalFacts(parse(options), match({ version: "4", opcode: "OPTIONS" }));
    equalFacts(parse(earlier), match({ version: "1", opcode: "OPTIONS" }));
  });

  test("SOCKS, X11 and other operations are something else", () => {
    assert.equal(parse(hex("0501 0005 0100 0100")).kind, "mismatch");
    assert.equal(parse(hex("0401 0050 c000 0207 00")).kind, "mismatch");
    assert.equal(parse(hex("4200 000b 0000 0000 0000 0000")).kind, "mismatch");
    assert.equal(parse(hex("04 00 0000 07 00000000")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [startup, options, earlier] });
});
