import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const prelogin = fixture(import.meta.url, "tedious-prelogin.bin");
const login = fixture(import.meta.url, "tedious-login.bin");
// [MS-TDS] section 4.1, with the default instance and encryption required.
const named = hex(`12 01 002f 0000 01 00
  00 001a 0006  01 0020 0001  02 0021 0001  03 0022 0004  04 0026 0001  ff
  09 00 0000 0000  03  00  b80d0000  01`);

describe("mssql", () => {
  test("PRELOGIN shows the client's version and its encryption option", () => {
    equalFacts(parse(prelogin), match({ request: "prelogin", version: "19.2.2", encryption: "not-supported" }));
    equalFacts(parse(named), match({ request: "prelogin", version: "9.0.0", encryption: "required" }));
  });

  test("LOGIN7 shows user, host and program, but no password", () => {
    equalFacts(
      parse(login),
      match({
        request: "login",
        version: "7.4",
        host: "desk-7",
        user: "alice",
        application: "inventory",
        clientLibrary: "Tedious",
        database: "shop",
      }),
    );
  });

  test("an option that points outside its packet is something else", () => {
    assert.equal(parse(hex("12 01 0014 0000 01 00 00 00ff 0006 ff 000000000000")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [prelogin, login, named] });
});
