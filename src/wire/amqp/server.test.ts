import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseAmqpLogin, parseAmqpStart } from "./server.ts";

describe("parseAmqpStart", () =>
  parserProperties(parseAmqpStart, {
    valid: [],
    streams: serverAnswers.parseAmqpStart,
    runs: 60,
  }));

describe("parseAmqpLogin", () =>
  parserProperties(parseAmqpLogin, {
    valid: [],
    streams: serverAnswers.parseAmqpLogin,
    runs: 60,
  }));
