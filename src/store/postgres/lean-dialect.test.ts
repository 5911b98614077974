import assert from "node:assert/strict";
import { test } from "node:test";
import { Kysely, sql } from "kysely";
import pg from "pg";
import type { Tables } from "../tables.ts";
import { keptName, LeanPostgresDialect } from "./lean-dialect.ts";
import { postgresDialect } from "./postgres-dialect.ts";

test("a list of values is one parameter, whatever its length", () => {
  const kysely = new Kysely<Tables>({ dialect: new LeanPostgresDialect({ pool: new pg.Pool() }) });
  const among = (macs: readonly string[]) =>
    kysely.selectFrom("devices").select("mac").where("site", "=", "local").where("mac", "in", macs).compile();
  const others = kysely.deleteFrom("devices").where("mac", "not in", ["a", "b"]).compile();

  assert.deepEqual(among(["a", "b"]).parameters, ["local", ["a", "b"]]);
  assert.equal(among(["a", "b"]).sql, among(["a", "b", "c"]).sql);
  assert.match(others.sql, /"mac" <> all\(\$1\)$/);
});

test("a subquery stays as it is", () => {
  const kysely = new Kysely<Tables>({ dialect: new LeanPostgresDialect({ pool: new pg.Pool() }) });
  const { sql: text } = kysely
    .deleteFrom("certificates")
    .where("sha256", "not in", (build) => build.selectFrom("certificate_sightings").select("sha256"))
    .compile();

  assert.match(text, /not in \(select/);
});

test("the server keeps the insertions of connections alone", () => {
  const kysely = new Kysely<Tables>({ dialect: new LeanPostgresDialect({ pool: new pg.Pool() }) });
  const text = (rows: number) =>
    sql`${postgresDialect.insertInto} t values ${sql.join(Array.from({ length: rows }, () => sql`(${1})`))}`.compile(
      kysely,
    ).sql;

  assert.notEqual(keptName(text(1)), undefined);
  assert.notEqual(keptName(text(1)), keptName(text(8)));
  assert.equal(keptName("insert into t values ($1)"), undefined);
});
