import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseNatsAnswer, parseNatsInfo } from "./server.ts";

describe("parseNatsInfo", () =>
  parserProperties(parseNatsInfo, {
    valid: [],
    streams: serverAnswers.parseNatsInfo,
    runs: 60,
  }));

describe("parseNatsAnswer", () =>
  parserProperties(parseNatsAnswer, {
    valid: [],
    streams: serverAnswers.parseNatsAnswer,
    runs: 60,
  }));
