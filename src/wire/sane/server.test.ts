import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseSaneAnswer } from "./server.ts";

describe("parseSaneAnswer", () =>
  parserProperties(parseSaneAnswer, { valid: [], streams: [hex("0000000001010003")], runs: 60 }));
