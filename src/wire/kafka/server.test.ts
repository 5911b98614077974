import { describe } from "node:test";
import { parserNeverThrows, parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseKafkaApiVersions, parseKafkaMetadata, parseKafkaSaslHandshake } from "./server.ts";

describe("parseKafkaApiVersions", () =>
  parserProperties((bytes) => parseKafkaApiVersions(bytes, 0), {
    valid: [],
    streams: serverAnswers.parseKafkaApiVersions,
    runs: 60,
  }));

describe("parseKafkaMetadata", () =>
  parserNeverThrows((bytes) => parseKafkaMetadata(bytes, 1), serverAnswers.parseKafkaMetadata));

describe("parseKafkaSaslHandshake", () =>
  parserProperties(parseKafkaSaslHandshake, {
    valid: [],
    streams: serverAnswers.parseKafkaSaslHandshake,
    runs: 60,
  }));
