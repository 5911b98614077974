import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseOpenVpnReset } from "./server.ts";

describe("parseOpenVpnReset", () =>
  parserProperties(parseOpenVpnReset, {
    valid: [],
    streams: [hex("001a 40 1122334455667788 01 00000000 48415242494e4752 00000000")],
    runs: 60,
  }));
