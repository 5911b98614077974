import { describe } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { igniteDiscoveryPing, parseIgniteDiscoveryAnswer } from "./discovery-server.ts";

describe("parseIgniteDiscoveryAnswer", () =>
  parserProperties(parseIgniteDiscoveryAnswer, { valid: [], streams: [igniteDiscoveryPing.subarray(4)], runs: 60 }));
