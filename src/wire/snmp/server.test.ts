import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseSnmpReport } from "./server.ts";

describe("parseSnmpReport", () =>
  parserProperties(parseSnmpReport, {
    valid: [],
    streams: [
      hex(
        "306e020103301002024a6902047fffffff0401000201030421301f041180001f88801147cb26940b0b6b000000000201010201000400040004003034041180001f88801147cb26940b0b6b000000000400a81d020237f00201000201003011300f060a2b060106030f01010400410101",
      ),
    ],
    runs: 60,
  }));
