import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseMilterAnswer } from "./server.ts";

describe("parseMilterAnswer", () =>
  parserProperties(parseMilterAnswer, { valid: [], streams: [hex("0000000d4f000000060000011100100702")], runs: 60 }));
