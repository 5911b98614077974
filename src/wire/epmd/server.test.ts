import { describe } from "node:test";
import { hex, hexOf } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseEpmdNames } from "./server.ts";

describe("parseEpmdNames", () =>
  parserProperties(parseEpmdNames, {
    valid: [],
    streams: [hex(`00001111 ${hexOf("name rabbit at port 25672\n")}`)],
    runs: 60,
  }));
