import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseEsphomeAnswer } from "./server.ts";

describe("parseEsphomeAnswer", () =>
  parserProperties(parseEsphomeAnswer, {
    valid: [],
    streams: serverAnswers.parseEsphomeAnswer,
    runs: 60,
  }));
