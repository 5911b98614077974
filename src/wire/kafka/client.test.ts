import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const apiVersions = fixture(import.meta.url, "kafkajs-api-versions.bin");
// ApiVersions version 3 with client id "producer-1" and the name of the Java client.
const apiVersions3 = joined(
  hex("0000002e 0012 0003 00000000 000a"),
  text("producer-1"),
  hex("00 12"),
  text("apache-kafka-java"),
  hex("06"),
  text("3.7.0"),
  hex("00"),
);
const metadata = hex("0000000e 0003 0001 00000001 ffff ffffffff");

describe("kafka", () => {
  test("kafkajs requests the versions with its client id", () => {
    equalFacts(parse(apiVersions), match({ api: "ApiVersions", apiVersion: 2, clientId: "inventory" }));
  });

  test("a later client names its software", () => {
    equalFacts(
      parse(apiVersions3),
      match({ api: "ApiVersions", apiVersion: 3, clientId: "producer-1", software: "apache-kafka-java 3.7.0" }),
    );
  });

  test("a request for all topics needs no client id", () => {
    equalFacts(parse(metadata), match({ api: "Metadata", apiVersion: 1 }));
  });

  test("other length-prefixed protocols are something else", () => {
    const zookeeper = hex("0000002c 00000000 0000000000000000 00007530");
    const postgresql = joined(hex("0000003d 00030000"), text("user\0alice\0"));
    for (const other of [zookeeper, postgresql]) assert.equal(parse(other).kind, "mismatch");
  });

  parserProperties(parse, { valid: [apiVersions, apiVersions3, metadata] });
});
