import assert from "node:assert/strict";
import { test } from "node:test";
import { readProject } from "../../scripts/package/project.ts";

test("SOURCE_DATE_EPOCH must be digits, and counts as unset if it is empty", () => {
  const before = process.env["SOURCE_DATE_EPOCH"];
  const dateWith = (value: string) => {
    process.env["SOURCE_DATE_EPOCH"] = value;
    return readProject().sourceDate;
  };
  try {
    assert.equal(dateWith("1750000000"), 1_750_000_000);
    assert.equal(dateWith("0"), 0);
    assert.ok(dateWith("") > 1_600_000_000);
    for (const wrong of ["abc", "-1", "1e3", " 12", "0x10", "1.5", "99999999999999", "253402300800"]) {
      assert.throws(() => dateWith(wrong), /seconds since 1970/, wrong);
    }
  } finally {
    if (before === undefined) delete process.env["SOURCE_DATE_EPOCH"];
    else process.env["SOURCE_DATE_EPOCH"] = before;
  }
});
