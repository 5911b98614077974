import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseEpmdNames } from "./server.ts";

describe("parseEpmdNames", () =>
  parserProperties(parseEpmdNames, {
    valid: [],
    streams: serverAnswers.parseEpmdNames,
    runs: 60,
  }));
