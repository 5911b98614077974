import { describe } from "node:test";
import { hex, hexOf } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseEsphomeAnswer } from "./server.ts";

describe("parseEsphomeAnswer", () =>
  parserProperties(parseEsphomeAnswer, {
    valid: [],
    streams: [
      hex(`00 06 02 08 01 22 02 ${hexOf("ab")}`),
      hex(`00 0c 0a 08 01 22 08 ${hexOf("2023.1.0")}`),
      hex(`01 0013 01 ${hexOf("Bad indicator byte")}`),
    ],
    runs: 60,
  }));
