import { describe } from "node:test";
import { hex, hexOf } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseNbdGreeting } from "./server.ts";

describe("parseNbdGreeting", () =>
  parserProperties(parseNbdGreeting, { valid: [], streams: [hex(`${hexOf("NBDMAGICIHAVEOPT")} 0003`)], runs: 60 }));
