import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseMssqlPrelogin } from "./server.ts";

describe("parseMssqlPrelogin", () =>
  parserProperties(parseMssqlPrelogin, {
    valid: [],
    streams: serverAnswers.parseMssqlPrelogin,
    runs: 60,
  }));
