import { describe } from "node:test";
import { hex, hexOf } from "../../../test/wire/messages.ts";
import { parserNeverThrows, parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseKafkaApiVersions, parseKafkaMetadata, parseKafkaSaslHandshake } from "./server.ts";

describe("parseKafkaApiVersions", () =>
  parserProperties((bytes) => parseKafkaApiVersions(bytes, 0), {
    valid: [],
    streams: [hex("00000010 00000002 0000 00000001 0012 0000 0003")],
    runs: 60,
  }));

describe("parseKafkaMetadata", () =>
  parserNeverThrows((bytes) => parseKafkaMetadata(bytes, 1), [hex("00000010 00000003 00000000 00000001 00000000")]));

describe("parseKafkaSaslHandshake", () =>
  parserProperties(parseKafkaSaslHandshake, {
    valid: [],
    streams: [hex(`00000011 00000004 0021 00000001 0005 ${hexOf("PLAIN")}`)],
    runs: 60,
  }));
