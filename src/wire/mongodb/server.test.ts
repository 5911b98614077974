import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseMongoReply } from "./server.ts";

describe("parseMongoReply", () =>
  parserProperties(parseMongoReply, {
    valid: [],
    streams: [hex(`26000000 00000000 01000000 dd070000 00000000 00 11000000 01 6f6b00 000000000000f03f 00`)],
    runs: 60,
  }));
