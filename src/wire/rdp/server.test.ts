import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseRdpAnswer } from "./server.ts";

describe("parseRdpAnswer", () =>
  parserProperties(parseRdpAnswer, {
    valid: [],
    streams: [hex("03000013 0ed0 00001234 00 02000800 01000000"), hex("0300000b 06d0 00001234 00")],
    runs: 60,
  }));
