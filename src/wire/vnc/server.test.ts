import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseVeNCryptTypes, parseVeNCryptVersion, parseVncSecurity } from "./server.ts";

describe("parseVncSecurity", () =>
  parserProperties((bytes) => parseVncSecurity(bytes, 8), { valid: [], streams: [hex("020113")], runs: 60 }));

describe("parseVeNCryptVersion", () =>
  parserProperties(parseVeNCryptVersion, { valid: [], streams: [hex("0002")], runs: 60 }));

describe("parseVeNCryptTypes", () =>
  parserProperties(parseVeNCryptTypes, { valid: [], streams: [hex("00 02 00000101 00000103")], runs: 60 }));
