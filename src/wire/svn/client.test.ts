import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { identify } from "../identify.ts";
import { match } from "../outcome.ts";
import { findSecrets } from "../secrets.ts";
import { parse } from "./client.ts";

// After the names come further details of the client.
const list = fixture(import.meta.url, "svn-ls.bin");

describe("Subversion", () => {
  test("the address and the client are read", () => {
    const userAgent = "SVN/1.14.2 (x86_64-pc-linux-gnu)";
    assert.deepEqual(parse(list), match({ version: 2, url: "svn://127.0.0.1:34115/repo", userAgent }));
  });

  test("a password in the address is hidden and not shown", () => {
    const sent = text("( 2 ( depth ) 22:svn://bob:s3cret@h/a b 5:SVN/1 ( ) ) ");
    const found = identify(sent);
    assert.equal(found.svn?.["url"], "svn://bob@h/a b");
    assert.deepEqual(findSecrets(sent, found), [{ start: 27, end: 33, text: "s3cret" }]);
  });

  test("another list is something else", () => {
    for (const sent of ["(2)", "( 2 ( a/b ) ", "( 2 ( depth ) x:", "( success ( "]) {
      assert.equal(parse(text(sent)).kind, "mismatch", sent);
    }
  });

  parserProperties(parse, { valid: [], streams: [list] });
});
