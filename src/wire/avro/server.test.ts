import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseAvroAnswer } from "./server.ts";

describe("parseAvroAnswer", () =>
  parserProperties(parseAvroAnswer, {
    valid: [],
    streams: serverAnswers.parseAvroAnswer,
    runs: 60,
  }));
