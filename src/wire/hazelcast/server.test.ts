import { describe } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseHazelcastAnswer } from "./server.ts";

describe("parseHazelcastAnswer", () =>
  parserProperties(parseHazelcastAnswer, { valid: [], streams: [text("HZC"), text("HZX")], runs: 60 }));
