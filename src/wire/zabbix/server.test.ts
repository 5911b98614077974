import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseZabbixAnswer } from "./server.ts";

describe("parseZabbixAnswer", () =>
  parserProperties(parseZabbixAnswer, {
    valid: [],
    streams: serverAnswers.parseZabbixAnswer,
    runs: 60,
  }));
