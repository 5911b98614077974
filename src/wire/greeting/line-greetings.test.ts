import { describe } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseTextGreeting } from "./line-greetings.ts";

describe("parseTextGreeting", () =>
  parserProperties(parseTextGreeting, {
    valid: [],
    streams: [
      text("220 host dictd 1.13.0/rf on Linux 6.1.0 <auth.mime> <1.1.1700000000@host>\r\n"),
      text("OK MPD 0.23.5\n"),
      text(":irc.example.org NOTICE * :*** Looking up your hostname...\r\n"),
      text("001 powerman 2.3.27\r\n"),
    ],
    runs: 60,
  }));
