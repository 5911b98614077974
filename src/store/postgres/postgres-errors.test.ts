import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromPostgres } from "./postgres-errors.ts";

describe("an error of PostgreSQL", () => {
  test("says that a pooler is not the server", () => {
    // As PgBouncer 1.18 says it.
    const cause = Object.assign(new Error("unsupported startup parameter: lock_timeout"), { code: "08P01" });
    const error = fromPostgres(cause, "postgres://harbinger@127.0.0.1/pooled");
    assert.equal(error.code, "store");
    assert.match(error.message, /refused the connection: unsupported startup parameter: lock_timeout$/);
    assert.match(error.remedy ?? "", /PgBouncer/);
  });
});
