import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseSocks4Reply } from "./server.ts";

describe("parseSocks4Reply", () =>
  parserProperties(parseSocks4Reply, {
    valid: [],
    streams: serverAnswers.parseSocks4Reply,
    runs: 60,
  }));
