import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseVeNCryptTypes, parseVeNCryptVersion, parseVncSecurity } from "./server.ts";

describe("parseVncSecurity", () =>
  parserProperties((bytes) => parseVncSecurity(bytes, 8), {
    valid: [],
    streams: serverAnswers.parseVncSecurity,
    runs: 60,
  }));

describe("parseVeNCryptVersion", () =>
  parserProperties(parseVeNCryptVersion, { valid: [], streams: serverAnswers.parseVeNCryptVersion, runs: 60 }));

describe("parseVeNCryptTypes", () =>
  parserProperties(parseVeNCryptTypes, { valid: [], streams: serverAnswers.parseVeNCryptTypes, runs: 60 }));
