import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseMemcachedStats, parseMemcachedVersion } from "./server.ts";

describe("parseMemcachedVersion", () =>
  parserProperties(parseMemcachedVersion, {
    valid: [],
    streams: serverAnswers.parseMemcachedVersion,
    runs: 60,
  }));

describe("parseMemcachedStats", () =>
  parserProperties(parseMemcachedStats, {
    valid: [],
    streams: serverAnswers.parseMemcachedStats,
    runs: 60,
  }));
