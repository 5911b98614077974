import { describe } from "node:test";
import { hex, hexOf } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseApcupsdStatus } from "./server.ts";

describe("parseApcupsdStatus", () =>
  parserProperties(parseApcupsdStatus, {
    valid: [],
    streams: [hex(`0010 ${hexOf("APC      : 001,0")} 000c ${hexOf("VERSION  : 3")} 0000`)],
    runs: 60,
  }));
