import { describe } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseNatsInfo, parseNatsVerdict } from "./server.ts";

describe("parseNatsInfo", () =>
  parserProperties(parseNatsInfo, {
    valid: [],
    streams: [text('INFO {"server_id":"N","auth_required":true}\r\n')],
    runs: 60,
  }));

describe("parseNatsVerdict", () =>
  parserProperties(parseNatsVerdict, {
    valid: [],
    streams: [text("PONG\r\n"), text("-ERR 'Authorization Violation'\r\n")],
    runs: 60,
  }));
