import { describe } from "node:test";
import { hex, hexOf } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseIscsiAnswer } from "./server.ts";

describe("parseIscsiAnswer", () =>
  parserProperties(parseIscsiAnswer, {
    valid: [],
    streams: [hex(`2304 0000 0000000f ${"00".repeat(28)} 0000 ${"00".repeat(10)} ${hexOf("AuthMethod=None")}`)],
    runs: 60,
  }));
