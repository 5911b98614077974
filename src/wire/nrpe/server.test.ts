import { describe } from "node:test";
import { hex, hexOf } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseNrpeAnswer } from "./server.ts";

describe("parseNrpeAnswer", () =>
  parserProperties(parseNrpeAnswer, {
    valid: [],
    streams: [hex(`0002 0002 00000000 0000 ${hexOf("NRPE v4.1.0")} 00`)],
    runs: 60,
  }));
