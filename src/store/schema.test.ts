import assert from "node:assert/strict";
import { test } from "node:test";
import { storeSchema, storeSettings } from "./schema.ts";

test("a text is the location, and an object may have a separate password", () => {
  assert.deepEqual(storeSettings(storeSchema.parse("postgres://db/harbinger")), {
    location: "postgres://db/harbinger",
  });
  const section = { location: "postgres://db/harbinger", password: "s3cret" };
  assert.deepEqual(storeSettings(storeSchema.parse(section)), {
    location: "postgres://db/harbinger",
    password: "s3cret",
  });
});

test("an invalid location and a misspelt key are rejected", () => {
  for (const value of ["", "mysql://db/x", { location: "x", pasword_file: "y" }, { password: "y" }, 7]) {
    assert.equal(storeSchema.safeParse(value).success, false);
  }
});
