import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { identify } from "../identify.ts";
import { match } from "../outcome.ts";
import { findSecrets } from "../secrets.ts";
import { parse, parseExpected } from "./client.ts";

const base64 = (plain: string) => Buffer.from(plain, "latin1").toString("base64");
// Its literal contains the user and an empty password.
const login = fixture(import.meta.url, "sieve-connect.bin");
const quoted = text(`AUTHENTICATE "PLAIN" "${base64("\0alice\0s3cret")}"\r\n`);

describe("ManageSieve", () => {
  test("the mechanism and the user are read, and the password is hidden", () => {
    assert.deepEqual(parse(login), match({ command: "AUTHENTICATE", mechanism: "PLAIN", user: "bob" }));
    assert.deepEqual(parse(quoted), match({ command: "AUTHENTICATE", mechanism: "PLAIN", user: "alice" }));
    assert.deepEqual(findSecrets(quoted, identify(quoted)), [{ start: 22, end: 42, text: "s3cret" }]);
  });

  test("commands shared with other protocols count where ManageSieve is expected", () => {
    for (const line of ["CAPABILITY\r\n", "STARTTLS\r\n", "LOGOUT\r\n"]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
      assert.equal(identify(text(line), "sieve").protocol, "sieve", line);
    }
    assert.equal(identify(text("a AUTHENTICATE PLAIN\r\n"), "sieve").protocol, "imap");
  });

  parserProperties(parse, { valid: [], streams: [login, quoted] });
});

describe("sieve, on a port where it is expected", () =>
  parserProperties(parseExpected, { valid: [], streams: [login, quoted] }));
