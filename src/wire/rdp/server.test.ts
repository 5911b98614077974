import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseRdpAnswer } from "./server.ts";

describe("parseRdpAnswer", () =>
  parserProperties(parseRdpAnswer, {
    valid: [],
    streams: serverAnswers.parseRdpAnswer,
    runs: 60,
  }));
