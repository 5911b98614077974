import { describe } from "node:test";
import { text } from "../../test/wire/messages.ts";
import { parserNeverThrows } from "../../test/wire/parser-properties.ts";
import { readQueryLine } from "./query-line.ts";

describe("a line that requests something", () =>
  parserNeverThrows(readQueryLine, [text("example.org\r\n"), text("alice\r\n"), text("/menu\tword\r\n")]));
