import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseNbdGreeting } from "./server.ts";

describe("parseNbdGreeting", () =>
  parserProperties(parseNbdGreeting, { valid: [], streams: serverAnswers.parseNbdGreeting, runs: 60 }));
