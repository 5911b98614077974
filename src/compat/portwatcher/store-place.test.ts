import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { HarbingerError } from "../../core/errors.ts";
import { portwatcherStorePlace } from "./store-place.ts";

const user = process.getuid?.();
const ownFolder = user === undefined ? "portwatcher" : `portwatcher-${user}`;

function temporary(): { readonly path: string } & Disposable {
  const folder = mkdtempSync(path.join(tmpdir(), "harbinger-test-"));
  return { path: folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

describe("the database file of portwatcher", () => {
  test("is in the working directory, one file for each port", () => {
    using folder = temporary();
    const folders = { working: folder.path, temporary: path.join(folder.path, "tmp") };
    assert.deepEqual(portwatcherStorePlace(1417, folders), {
      location: path.join(folder.path, "portwatcher.db"),
      isTemporary: false,
    });
    assert.equal(portwatcherStorePlace(22, folders).location, path.join(folder.path, "portwatcher-22.db"));
  });

  test("is in a private temporary folder if the working directory cannot be written", () => {
    using folder = temporary();
    const folders = { working: path.join(folder.path, "gone"), temporary: folder.path };
    const place = portwatcherStorePlace(1417, folders);
    assert.deepEqual(place, { location: path.join(folder.path, ownFolder, "portwatcher.db"), isTemporary: true });
    if (process.platform !== "win32") assert.equal(statSync(path.dirname(place.location)).mode & 0o777, 0o700);
    assert.deepEqual(portwatcherStorePlace(1417, folders), place);
  });

  test("is rejected if another user has taken that name", () => {
    for (const trap of [
      (name: string) => symlinkSync(tmpdir(), name, "junction"),
      (name: string) => writeFileSync(name, ""),
    ]) {
      using folder = temporary();
      trap(path.join(folder.path, ownFolder));
      assert.throws(
        () => portwatcherStorePlace(1417, { working: path.join(folder.path, "gone"), temporary: folder.path }),
        (error) =>
          error instanceof HarbingerError && error.code === "permission" && /PW_STORE/.test(error.remedy ?? ""),
      );
    }
  });
});
