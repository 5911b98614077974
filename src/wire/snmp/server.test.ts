import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseSnmpReport } from "./server.ts";

describe("parseSnmpReport", () =>
  parserProperties(parseSnmpReport, {
    valid: [],
    streams: serverAnswers.parseSnmpReport,
    runs: 60,
  }));
