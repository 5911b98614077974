import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseJdwpHandshake, parseJdwpVersion } from "./server.ts";

describe("parseJdwpHandshake", () =>
  parserProperties(parseJdwpHandshake, { valid: [], streams: serverAnswers.parseJdwpHandshake, runs: 60 }));

describe("parseJdwpVersion", () =>
  parserProperties(parseJdwpVersion, {
    valid: [],
    streams: serverAnswers.parseJdwpVersion,
    runs: 60,
  }));
