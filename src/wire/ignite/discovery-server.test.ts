import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseIgniteDiscoveryAnswer } from "./discovery-server.ts";

describe("parseIgniteDiscoveryAnswer", () =>
  parserProperties(parseIgniteDiscoveryAnswer, {
    valid: [],
    streams: serverAnswers.parseIgniteDiscoveryAnswer,
    runs: 60,
  }));
