import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseFastCgiAnswer } from "./server.ts";

describe("parseFastCgiAnswer", () =>
  parserProperties(parseFastCgiAnswer, {
    valid: [],
    streams: [hex("010a0000 0013 0500"), hex("010b0000 0008 0000")],
    runs: 60,
  }));
