import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseFirebirdAnswer } from "./server.ts";

describe("parseFirebirdAnswer", () =>
  parserProperties(parseFirebirdAnswer, {
    valid: [],
    streams: serverAnswers.parseFirebirdAnswer,
    runs: 60,
  }));
