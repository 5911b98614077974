import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseMysqlGreeting } from "./server.ts";

describe("parseMysqlGreeting", () =>
  parserProperties(parseMysqlGreeting, {
    valid: [],
    streams: serverAnswers.parseMysqlGreeting,
    runs: 60,
  }));
