import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseCoapSignals } from "./server.ts";

describe("parseCoapSignals", () =>
  parserProperties(parseCoapSignals, {
    valid: [],
    streams: [hex("50 e1 23 08 00 00 40 00 e3"), hex("00 e1 00 e3"), hex("00 e1 00 e2 00 e3")],
    runs: 60,
  }));
