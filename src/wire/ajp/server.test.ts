import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseAjpAnswer, parseAjpPong } from "./server.ts";

describe("parseAjpPong", () =>
  parserProperties(parseAjpPong, { valid: [], streams: serverAnswers.parseAjpPong, runs: 60 }));

describe("parseAjpAnswer", () =>
  parserProperties(parseAjpAnswer, {
    valid: [],
    streams: serverAnswers.parseAjpAnswer,
    runs: 60,
  }));
