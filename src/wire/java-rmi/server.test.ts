import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseRmiAck } from "./server.ts";

describe("parseRmiAck", () =>
  parserProperties(parseRmiAck, { valid: [], streams: serverAnswers.parseRmiAck, runs: 60 }));
