import { describe } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseRedisReply } from "./server.ts";

describe("parseRedisReply", () =>
  parserProperties(parseRedisReply, {
    valid: [],
    streams: [text("+PONG\r\n"), text("-NOAUTH Authentication required.\r\n"), text("$5\r\nhello\r\n")],
    runs: 60,
  }));
