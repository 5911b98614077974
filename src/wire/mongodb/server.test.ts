import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseMongoReply } from "./server.ts";

describe("parseMongoReply", () =>
  parserProperties(parseMongoReply, {
    valid: [],
    streams: serverAnswers.parseMongoReply,
    runs: 60,
  }));
