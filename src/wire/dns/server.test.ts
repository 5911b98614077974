import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseDnsVersion } from "./server.ts";

describe("parseDnsVersion", () =>
  parserProperties(parseDnsVersion, { valid: [], streams: [hex("000c 4842 8105 0000 0000 0000 0000")], runs: 60 }));
