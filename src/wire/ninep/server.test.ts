import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseNinePVersion } from "./server.ts";

describe("parseNinePVersion", () =>
  parserProperties(parseNinePVersion, {
    valid: [],
    streams: serverAnswers.parseNinePVersion,
    runs: 60,
  }));
