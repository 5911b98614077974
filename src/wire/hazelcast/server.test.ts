import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseHazelcastAnswer } from "./server.ts";

describe("parseHazelcastAnswer", () =>
  parserProperties(parseHazelcastAnswer, { valid: [], streams: serverAnswers.parseHazelcastAnswer, runs: 60 }));
