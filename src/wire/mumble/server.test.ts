import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseMumbleVersion } from "./server.ts";

describe("parseMumbleVersion", () =>
  parserProperties(parseMumbleVersion, {
    valid: [],
    streams: serverAnswers.parseMumbleVersion,
    runs: 60,
  }));
