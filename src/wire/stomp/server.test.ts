import { describe } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseStompAnswer } from "./server.ts";

describe("parseStompAnswer", () =>
  parserProperties(parseStompAnswer, {
    valid: [],
    streams: [text("CONNECTED\nserver:ActiveMQ/5.17.2\nversion:1.2\n\n")],
    runs: 60,
  }));
