import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseOpenVpnReset } from "./server.ts";

describe("parseOpenVpnReset", () =>
  parserProperties(parseOpenVpnReset, {
    valid: [],
    streams: serverAnswers.parseOpenVpnReset,
    runs: 60,
  }));
