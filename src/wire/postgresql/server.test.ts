import { describe } from "node:test";
import { parserNeverThrows, parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parsePostgresqlAnswer, parsePostgresqlSslAnswer, parsePostgresqlVersion } from "./server.ts";

describe("parsePostgresqlSslAnswer", () =>
  parserNeverThrows(parsePostgresqlSslAnswer, serverAnswers.parsePostgresqlSslAnswer));

describe("parsePostgresqlAnswer", () =>
  parserProperties(parsePostgresqlAnswer, {
    valid: [],
    streams: serverAnswers.parsePostgresqlAnswer,
    runs: 60,
  }));

describe("parsePostgresqlVersion", () =>
  parserProperties(parsePostgresqlVersion, {
    valid: [],
    streams: serverAnswers.parsePostgresqlVersion,
    runs: 60,
  }));
