import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseFastCgiAnswer } from "./server.ts";

describe("parseFastCgiAnswer", () =>
  parserProperties(parseFastCgiAnswer, {
    valid: [],
    streams: serverAnswers.parseFastCgiAnswer,
    runs: 60,
  }));
