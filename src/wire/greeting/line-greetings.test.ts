import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseTextGreeting } from "./line-greetings.ts";

describe("parseTextGreeting", () =>
  parserProperties(parseTextGreeting, {
    valid: [],
    streams: serverAnswers.parseTextGreeting,
    runs: 60,
  }));
