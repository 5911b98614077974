import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseMumbleVersion } from "./server.ts";

describe("parseMumbleVersion", () =>
  parserProperties(parseMumbleVersion, {
    valid: [],
    streams: [hex("0000 0000000c 0884860412 07312e332e342d")],
    runs: 60,
  }));
