import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseHttp2Settings } from "./server.ts";

describe("parseHttp2Settings", () =>
  parserProperties(parseHttp2Settings, {
    valid: [],
    streams: serverAnswers.parseHttp2Settings,
    runs: 60,
  }));
