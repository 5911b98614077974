import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseSocks5Method, parseSocks5Reply } from "./server.ts";

describe("parseSocks5Reply", () =>
  parserProperties(parseSocks5Reply, {
    valid: [],
    streams: serverAnswers.parseSocks5Reply,
    runs: 60,
  }));

describe("parseSocks5Method", () =>
  parserProperties(parseSocks5Method, { valid: [], streams: serverAnswers.parseSocks5Method, runs: 60 }));
