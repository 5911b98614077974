import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseSocks5Method, parseSocks5Reply } from "./server.ts";

describe("parseSocks5Reply", () =>
  parserProperties(parseSocks5Reply, {
    valid: [],
    streams: [
      hex("05 00 00 01 7f000001 9c40"),
      hex("05 05 00 03 04 686f7374 0000"),
      hex("05 02 00 04 00000000000000000000000000000001 0000"),
    ],
    runs: 60,
  }));

describe("parseSocks5Method", () =>
  parserProperties(parseSocks5Method, { valid: [], streams: [hex("0500"), hex("05ff")], runs: 60 }));
