import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseCoapSignals } from "./server.ts";

describe("parseCoapSignals", () =>
  parserProperties(parseCoapSignals, {
    valid: [],
    streams: serverAnswers.parseCoapSignals,
    runs: 60,
  }));
