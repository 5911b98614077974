import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseIgniteAnswer } from "./server.ts";

describe("parseIgniteAnswer", () =>
  parserProperties(parseIgniteAnswer, { valid: [], streams: serverAnswers.parseIgniteAnswer, runs: 60 }));
