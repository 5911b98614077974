import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseDnsVersion } from "./server.ts";

describe("parseDnsVersion", () =>
  parserProperties(parseDnsVersion, { valid: [], streams: serverAnswers.parseDnsVersion, runs: 60 }));
