import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseSocks4Reply } from "./server.ts";

describe("parseSocks4Reply", () =>
  parserProperties(parseSocks4Reply, {
    valid: [],
    streams: [hex("00 5a 0000 00000000"), hex("00 5b 9c40 7f000001")],
    runs: 60,
  }));
