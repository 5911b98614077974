import { describe } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserNeverThrows } from "../../../test/wire/parser-properties.ts";
import { parseDerbyAnswer } from "./server.ts";

describe("parseDerbyAnswer", () =>
  parserNeverThrows(parseDerbyAnswer, [hex("000a d002 0001 0004 1443 0010 d002 0001 000a 14ac 0006 11a2 0003")]));
