import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseNrpeAnswer } from "./server.ts";

describe("parseNrpeAnswer", () =>
  parserProperties(parseNrpeAnswer, {
    valid: [],
    streams: serverAnswers.parseNrpeAnswer,
    runs: 60,
  }));
