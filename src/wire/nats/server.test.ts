import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseNatsInfo, parseNatsVerdict } from "./server.ts";

describe("parseNatsInfo", () =>
  parserProperties(parseNatsInfo, {
    valid: [],
    streams: serverAnswers.parseNatsInfo,
    runs: 60,
  }));

describe("parseNatsVerdict", () =>
  parserProperties(parseNatsVerdict, {
    valid: [],
    streams: serverAnswers.parseNatsVerdict,
    runs: 60,
  }));
