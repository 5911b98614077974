import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const define = text('DEFINE wn "shell script"\r\n');
const curl = text("CLIENT libcurl 7.88.1\r\nDEFINE ! hello\r\nQUIT\r\n");

describe("dict", () => {
  test("the word and the database are read", () => {
    assert.deepEqual(parse(define), match({ command: "DEFINE", database: "wn", word: "shell script" }));
    assert.deepEqual(parse(curl), match({ command: "CLIENT", client: "libcurl 7.88.1", database: "!", word: "hello" }));
    assert.deepEqual(parse(text("SHOW DB\r\n")), match({ command: "SHOW" }));
  });

  test("CLIENT alone is nothing yet, and SQL and Redis are something else", () => {
    assert.equal(parse(text("CLIENT hello\r\n")).kind, "incomplete");
    for (const line of [
      "SHOW TABLES;\r\n",
      "CLIENT LIST\r\nPING\r\n",
      "DEFINE x\r\n",
      "MATCH (n) RETURN n LIMIT 1\r\n",
    ]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
    }
  });

  parserProperties(parse, { valid: [define], streams: [curl] });
});
