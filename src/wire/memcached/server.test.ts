import { describe } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseMemcachedStats, parseMemcachedVersion } from "./server.ts";

describe("parseMemcachedVersion", () =>
  parserProperties(parseMemcachedVersion, {
    valid: [],
    streams: [text("VERSION 1.6.18\r\n"), text("CLIENT_ERROR unauthenticated\r\n")],
    runs: 60,
  }));

describe("parseMemcachedStats", () =>
  parserProperties(parseMemcachedStats, {
    valid: [],
    streams: [text("STAT pid 1\r\nSTAT curr_items 3\r\nEND\r\n")],
    runs: 60,
  }));
