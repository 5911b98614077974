import { describe } from "node:test";
import { hex, hexOf } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseAvroAnswer } from "./server.ts";

describe("parseAvroAnswer", () =>
  parserProperties(parseAvroAnswer, {
    valid: [],
    streams: [hex(`00000001 00000001 00000023 04 02 3c ${hexOf('{"protocol":"AvroSourceProtocol"')}`)],
    runs: 60,
  }));
