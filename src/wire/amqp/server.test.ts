import { describe } from "node:test";
import { hex, hexOf } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseAmqpLogin, parseAmqpStart } from "./server.ts";

describe("parseAmqpStart", () =>
  parserProperties(parseAmqpStart, {
    valid: [],
    streams: [
      hex(
        `01 0000 00000024 000a000a 0009 00000000 0000000e ${hexOf("PLAIN AMQPLAIN")} 00000005 656e5f5553 ce`.replace(
          "00000024",
          "00000025",
        ),
      ),
    ],
    runs: 60,
  }));

describe("parseAmqpLogin", () =>
  parserProperties(parseAmqpLogin, {
    valid: [],
    streams: [hex("01 0000 0000000c 000a001e 07ff 00020000 003c ce")],
    runs: 60,
  }));
