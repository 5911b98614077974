import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseMilterAnswer } from "./server.ts";

describe("parseMilterAnswer", () =>
  parserProperties(parseMilterAnswer, { valid: [], streams: serverAnswers.parseMilterAnswer, runs: 60 }));
