import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const query = text("6193, 23\r\n");

describe("ident", () => {
  test("both ports are read", () => {
    assert.deepEqual(parse(query), match({ serverPort: 6193, clientPort: 23 }));
    for (const line of ["root\r\n", "1 2\r\n", "1,2,3\r\n"]) assert.equal(parse(text(line)).kind, "mismatch", line);
  });

  parserProperties(parse, { valid: [query] });
});
