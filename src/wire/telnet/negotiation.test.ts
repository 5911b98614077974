import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parseNegotiation } from "./negotiation.ts";

const client = fixture(import.meta.url, "inetutils-answers.bin");
const terminal = fixture(import.meta.url, "inetutils-terminal.bin");
const opening = hex("fffb18 fffd03 fffa1800 5654313030 fff0");

describe("telnet", () => {
  test("the negotiations are named", () => {
    equalFacts(
      parseNegotiation(client),
      match({
        negotiations: ["WILL TERMINAL-TYPE", "WILL TERMINAL-SPEED", "WONT X-DISPLAY-LOCATION", "WILL NEW-ENVIRON"],
      }),
    );
  });

  test("the terminal is read", () => {
    equalFacts(
      parseNegotiation(opening),
      match({
        negotiations: ["WILL TERMINAL-TYPE", "DO SUPPRESS-GO-AHEAD", "SB TERMINAL-TYPE"],
        terminal: "VT100",
      }),
    );
    const outcome = parseNegotiation(terminal);
    assert.ok(outcome.kind === "match");
    assert.equal(outcome.value.terminal, "XTERM");
  });

  test("invalid bytes after a negotiation do not change the result", () => {
    for (const broken of ["fffa1800 7674 fffb18", "ffd8 ffe0", "fffbc5"]) {
      equalFacts(parseNegotiation(hex(`fffb18 ${broken}`)), match({ negotiations: ["WILL TERMINAL-TYPE"] }), broken);
    }
  });

  test("a picture and text in UTF-16 are something else", () => {
    assert.equal(parseNegotiation(hex("ffd8ffe000104a464946")).kind, "mismatch");
    assert.equal(parseNegotiation(hex("fffe47004500")).kind, "mismatch");
  });

  parserProperties(parseNegotiation, { valid: [], streams: [client, terminal, opening] });
});
