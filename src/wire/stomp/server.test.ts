import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseStompAnswer } from "./server.ts";

describe("parseStompAnswer", () =>
  parserProperties(parseStompAnswer, {
    valid: [],
    streams: serverAnswers.parseStompAnswer,
    runs: 60,
  }));
