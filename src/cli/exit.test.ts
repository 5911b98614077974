import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { HarbingerError } from "../core/errors.ts";
import { reportFailure } from "./exit.ts";

/** The exit status of this process is that of its tests. */
afterEach(() => {
  process.exitCode = 0;
});

test("the first failure is reported, even if releasing resources failed too", (t) => {
  const written: string[] = [];
  t.mock.method(process.stderr, "write", (text: string) => written.push(text) > 0);
  const first = new HarbingerError("store", "the database cannot be written", { remedy: "Run as its owner." });
  reportFailure(new SuppressedError(new Error("EACCES"), new SuppressedError(new Error("EPERM"), first)));
  assert.match(written.join(""), /^harbinger: the database cannot be written\nRun as its owner\.\n$/);
  assert.equal(process.exitCode, 1);
});
