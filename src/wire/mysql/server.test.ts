import { describe } from "node:test";
import { hex, hexOf } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseMysqlGreeting } from "./server.ts";

describe("parseMysqlGreeting", () =>
  parserProperties(parseMysqlGreeting, {
    valid: [],
    streams: [hex(`17000000 ff 6a04 ${hexOf("Host is not allowed!")}`)],
    runs: 60,
  }));
