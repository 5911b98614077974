import { describe } from "node:test";
import { hex, hexOf, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseJdwpHandshake, parseJdwpVersion } from "./server.ts";

describe("parseJdwpHandshake", () =>
  parserProperties(parseJdwpHandshake, { valid: [], streams: [text("JDWP-Handshake")], runs: 60 }));

describe("parseJdwpVersion", () =>
  parserProperties(parseJdwpVersion, {
    valid: [],
    streams: [
      hex(
        `0000002d 00000001 80 0000 00000001 4a 00000011 00000000 00000007 ${hexOf("17.0.15")} 00000006 ${hexOf("OpenJD")}`,
      ),
    ],
    runs: 60,
  }));
