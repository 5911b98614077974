import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseZabbixAnswer } from "./server.ts";

describe("parseZabbixAnswer", () =>
  parserProperties(parseZabbixAnswer, {
    valid: [],
    streams: [hex("5a425844010600000000000000362e302e3134")],
    runs: 60,
  }));
