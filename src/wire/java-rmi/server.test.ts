import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseRmiAck } from "./server.ts";

describe("parseRmiAck", () =>
  parserProperties(parseRmiAck, { valid: [], streams: [hex("4e 0009 3132372e302e302e31 0000c3ac")], runs: 60 }));
