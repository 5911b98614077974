import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const mariadb = fixture(import.meta.url, "mariadb-login.bin");
const mysql2 = fixture(import.meta.url, "mysql2-login.bin");
const ssl = fixture(import.meta.url, "mariadb-ssl.bin");

describe("mysql", () => {
  test("the mariadb client sends user, database, plugin and its own name", () => {
    assert.deepEqual(
      parse(mariadb),
      match({
        request: "login",
        user: "alice",
        database: "shop",
        plugin: "mysql_native_password",
        program: "mysql",
        clientLibrary: "libmariadb 3.3.20",
      }),
    );
  });

  test("the mysql2 library sends user, database and plugin", () => {
    const outcome = parse(mysql2);
    assert.ok(outcome.kind === "match");
    assert.equal(outcome.value.user, "alice");
    assert.equal(outcome.value.database, "shop");
    assert.equal(outcome.value.plugin, "mysql_native_password");
  });

  test("a request for encryption is recognised", () => {
    assert.deepEqual(parse(ssl), match({ request: "ssl" }));
  });

  test("zeros after a plausible header are something else", () => {
    assert.equal(parse(new Uint8Array(64)).kind, "mismatch");
    assert.equal(parse(hex(`20000001 00020000 00000001 00 ${"00".repeat(23)}`)).kind, "mismatch");
  });

  parserProperties(parse, { valid: [mariadb, mysql2, ssl] });
});
