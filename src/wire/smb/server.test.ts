import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseSmbAnswer } from "./server.ts";

describe("parseSmbAnswer", () =>
  parserProperties(parseSmbAnswer, {
    valid: [],
    streams: serverAnswers.parseSmbAnswer,
    runs: 60,
  }));
