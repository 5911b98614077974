import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseRedisReply } from "./server.ts";

describe("parseRedisReply", () =>
  parserProperties(parseRedisReply, {
    valid: [],
    streams: serverAnswers.parseRedisReply,
    runs: 60,
  }));
