import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseMssqlPrelogin } from "./server.ts";

describe("parseMssqlPrelogin", () =>
  parserProperties(parseMssqlPrelogin, {
    valid: [],
    streams: [hex("0401001a 00000100 00000b0006 0100110001 ff 100003e80000 03")],
    runs: 60,
  }));
