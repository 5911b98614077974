import { describe } from "node:test";
import { hex, hexOf } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseNinePVersion } from "./server.ts";

describe("parseNinePVersion", () =>
  parserProperties(parseNinePVersion, {
    valid: [],
    streams: [hex(`15000000 65 ffff 00200000 0800 ${hexOf("9P2000.L")}`)],
    runs: 60,
  }));
