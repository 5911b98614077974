import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseFirebirdAnswer } from "./server.ts";

describe("parseFirebirdAnswer", () =>
  parserProperties(parseFirebirdAnswer, {
    valid: [],
    streams: [
      hex("0000005c 00000000 00000000 00000000 00000000"),
      hex("00000062 ffff800d 00000001 00000005"),
      hex("00000004"),
      hex("00000009 00000000 00000000 00000000 00000000 00000001 14000191"),
    ],
    runs: 60,
  }));
