import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseHttp2Settings } from "./server.ts";

describe("parseHttp2Settings", () =>
  parserProperties(parseHttp2Settings, {
    valid: [],
    streams: [hex("000006 04 00 00000000 0003 00000064"), hex("000000 04 00 00000000")],
    runs: 60,
  }));
