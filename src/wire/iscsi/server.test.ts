import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseIscsiAnswer } from "./server.ts";

describe("parseIscsiAnswer", () =>
  parserProperties(parseIscsiAnswer, {
    valid: [],
    streams: serverAnswers.parseIscsiAnswer,
    runs: 60,
  }));
