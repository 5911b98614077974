import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseApcupsdStatus } from "./server.ts";

describe("parseApcupsdStatus", () =>
  parserProperties(parseApcupsdStatus, {
    valid: [],
    streams: serverAnswers.parseApcupsdStatus,
    runs: 60,
  }));
