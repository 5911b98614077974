import { describe } from "node:test";
import { hex, hexOf, text } from "../../../test/wire/messages.ts";
import { parserNeverThrows, parserProperties } from "../../../test/wire/parser-properties.ts";
import { parsePostgresqlAnswer, parsePostgresqlSslAnswer, parsePostgresqlVersion } from "./server.ts";

describe("parsePostgresqlSslAnswer", () => parserNeverThrows(parsePostgresqlSslAnswer, [text("S"), text("N")]));

describe("parsePostgresqlAnswer", () =>
  parserProperties(parsePostgresqlAnswer, {
    valid: [],
    streams: [hex("52 00000008 00000000"), hex(`52 00000017 0000000a ${hexOf("SCRAM-SHA-256")}00 00`)],
    runs: 60,
  }));

describe("parsePostgresqlVersion", () =>
  parserProperties(parsePostgresqlVersion, {
    valid: [],
    streams: [hex(`53 00000019 ${hexOf("server_version")}00 ${hexOf("15.14")}00`)],
    runs: 60,
  }));
