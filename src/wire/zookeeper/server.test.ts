import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseZookeeperChildren, parseZookeeperSession, parseZookeeperSrvr } from "./server.ts";

describe("parseZookeeperSrvr", () =>
  parserProperties(parseZookeeperSrvr, {
    valid: [],
    streams: serverAnswers.parseZookeeperSrvr,
    runs: 60,
  }));

describe("parseZookeeperSession", () =>
  parserProperties(parseZookeeperSession, {
    valid: [],
    streams: serverAnswers.parseZookeeperSession,
    runs: 60,
  }));

describe("parseZookeeperChildren", () =>
  parserProperties(parseZookeeperChildren, {
    valid: [],
    streams: serverAnswers.parseZookeeperChildren,
    runs: 60,
  }));
