import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { HarbingerError } from "../core/errors.ts";
import { parseStoreLocation, shownLocation } from "./location.ts";

test("a name with or without sqlite: is a file, relative to the folder", () => {
  const folder = path.resolve("/var/lib/harbinger");
  assert.deepEqual(parseStoreLocation("sqlite:harbinger.db", folder), {
    kind: "sqlite",
    file: path.join(folder, "harbinger.db"),
  });
  assert.deepEqual(parseStoreLocation("data/x.db", folder), {
    kind: "sqlite",
    file: path.join(folder, "data", "x.db"),
  });
  const absolute = path.resolve("/srv/h.db");
  assert.deepEqual(parseStoreLocation(`sqlite:${absolute}`, folder), { kind: "sqlite", file: absolute });
});

test("a password is never shown, wherever it stands in the URL", () => {
  for (const url of [
    "postgres://me:s3cret@db:5432/harbinger",
    "postgresql://me@db/harbinger?sslmode=require&password=s3cret",
  ]) {
    const shown = shownLocation(parseStoreLocation(url));
    assert.doesNotMatch(shown, /s3cret/);
    assert.match(shown, /me.*@db/);
  }
});

test("anything but a file or PostgreSQL is a configuration error that does not repeat it", () => {
  for (const text of ["mysql://me:s3cret@db/x", "postgres://me:s3cret@db:port/x", "sqlite:", "", ":memory:"]) {
    assert.throws(
      () => parseStoreLocation(text),
      (error) => error instanceof HarbingerError && error.code === "config" && !error.message.includes("s3cret"),
    );
  }
});

test("the name of a kind of database is no file, and the error says what to write", () => {
  for (const text of ["postgres", "PostgreSQL", "pg", "postgresql:", "postgres:/db/x", "postgres:me@db/x"]) {
    assert.throws(() => parseStoreLocation(text), {
      code: "config",
      message: /for PostgreSQL write postgres:\/\/USER@HOST/,
    });
  }
  for (const text of ["sqlite", "sqlite3", "sqlite3:", "sqlite:///var/lib/x.db", "sqlite://x.db", "sqlite3:x.db"]) {
    assert.throws(() => parseStoreLocation(text), { code: "config", message: /write sqlite:/ }, text);
  }
  for (const text of ["mysql", "mariadb", "mysql:x"]) {
    assert.throws(() => parseStoreLocation(text), { code: "config", message: /not supported/ });
  }
  for (const text of ["sqlite:postgres", "./postgres", "postgres.db", "sqlite.db", "data/sqlite"]) {
    assert.equal(parseStoreLocation(text, "/").kind, "sqlite");
  }
});

test("any text is a location or a configuration error", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.webUrl(),
        fc.string().map((rest) => `postgres://${rest}`),
      ),
      (text) => {
        try {
          shownLocation(parseStoreLocation(text));
        } catch (error) {
          assert.ok(error instanceof HarbingerError);
        }
      },
    ),
  );
});
