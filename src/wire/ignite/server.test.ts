import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseIgniteAnswer } from "./server.ts";

describe("parseIgniteAnswer", () =>
  parserProperties(parseIgniteAnswer, { valid: [], streams: [hex("0100000001")], runs: 60 }));
