import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseSaneAnswer } from "./server.ts";

describe("parseSaneAnswer", () =>
  parserProperties(parseSaneAnswer, { valid: [], streams: serverAnswers.parseSaneAnswer, runs: 60 }));
