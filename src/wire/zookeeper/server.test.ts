import { describe } from "node:test";
import { hex, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseZookeeperChildren, parseZookeeperSession, parseZookeeperSrvr } from "./server.ts";

describe("parseZookeeperSrvr", () =>
  parserProperties(parseZookeeperSrvr, {
    valid: [],
    streams: [text("Zookeeper version: 3.8.0-abc, built on x\n")],
    runs: 60,
  }));

describe("parseZookeeperSession", () =>
  parserProperties(parseZookeeperSession, {
    valid: [],
    streams: [hex(`00000024 00000000 00002710 0123456789abcdef 00000010 ${"00".repeat(16)}`)],
    runs: 60,
  }));

describe("parseZookeeperChildren", () =>
  parserProperties(parseZookeeperChildren, {
    valid: [],
    streams: [hex("00000010 00000001 0000000000000003 ffffff84")],
    runs: 60,
  }));
