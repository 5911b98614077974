import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseSmbAnswer } from "./server.ts";

describe("parseSmbAnswer", () =>
  parserProperties(parseSmbAnswer, {
    valid: [],
    streams: [hex(`00000081 fe534d42 4000 ${"00".repeat(6)} 0000 ${"00".repeat(50)} 4100 0300 0203`)],
    runs: 60,
  }));
