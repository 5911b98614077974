import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { isReportFileName, numberedName, sideFileName } from "./report-file-name.ts";

test("names of reports are accepted", () => {
  for (const name of ["Network_Security_20240925_143022.txt", "Büro_20260101_000000.txt", "a", "v1.2.txt"]) {
    assert.ok(isReportFileName(name), name);
  }
});

test("other folders, hidden files, options, devices, control characters and long names are rejected", () => {
  for (const name of [
    "",
    ".",
    "..",
    "../a.txt",
    "/etc/passwd",
    "a/b.txt",
    "a\\b.txt",
    "C:a.txt",
    ".hidden",
    "-rf",
    " a",
    "a.",
    "a\0.txt",
    "a\n.txt",
    "a\u202etxt",
    "NUL",
    "con.txt",
    "x".repeat(201),
  ]) {
    assert.ok(!isReportFileName(name), name);
  }
});

test("for any accepted name, the file is directly in its folder, numbered or not", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 10_000 }), (name, number) => {
      if (!isReportFileName(name)) return;
      for (const result of [numberedName(name, number), sideFileName(name, ".json")]) {
        assert.equal(path.posix.dirname(path.posix.join("/reports", result)), "/reports");
        assert.equal(path.win32.dirname(path.win32.join("C:\\reports", result)), "C:\\reports");
        assert.ok(Buffer.byteLength(result) < 230);
      }
    }),
    { numRuns: 1000 },
  );
});

test("the number is before the extension", () => {
  assert.equal(numberedName("LAN_1.txt", 1), "LAN_1.txt");
  assert.equal(numberedName("LAN_1.txt", 3), "LAN_1_3.txt");
  assert.equal(sideFileName("LAN_1.txt", ".json"), "LAN_1.json");
});
