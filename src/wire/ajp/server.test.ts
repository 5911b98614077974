import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseAjpAnswer, parseAjpPong } from "./server.ts";

describe("parseAjpPong", () => parserProperties(parseAjpPong, { valid: [], streams: [hex("4142 0001 09")], runs: 60 }));

describe("parseAjpAnswer", () =>
  parserProperties(parseAjpAnswer, {
    valid: [],
    streams: [hex("4142 0008 04 0194 0000 00 0000 4142 0002 05 01")],
    runs: 60,
  }));
