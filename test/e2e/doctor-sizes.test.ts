import assert from "node:assert/strict";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { openStore } from "../../src/store/open-store.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { look, sighting, start } from "../store/sample.ts";

const configuration = `
watches:
  ssh: { targets: [127.0.0.1], ports: [22] }
retention: { max_size: 10MB, report_files_at_most: 5 }
`;

/** A database of 60 MB, completely used or empty. */
async function makeDatabase(file: string, contents: "used" | "unused"): Promise<void> {
  {
    await using store = await openStore({ location: file, thread: "caller" });
    await look(store, { at: start, sees: [sighting("10.0.0.1")] });
  }
  using database = new DatabaseSync(file);
  // As earlier versions created it.
  database.exec("pragma journal_mode = delete; pragma auto_vacuum = none; vacuum");
  database.exec("create table ballast (bytes blob); insert into ballast values (zeroblob(60000000))");
  if (contents === "unused") database.exec("drop table ballast");
}

test("doctor shows what is stored against each limit", async () => {
  using folder = temporaryFolder();
  await makeDatabase(path.join(folder.path, "harbinger.db"), "used");
  writeFileSync(path.join(folder.path, "harbinger.yaml"), configuration);
  mkdirSync(path.join(folder.path, "reports"));
  for (const name of ["LAN_20260101_080000.txt", "LAN_20260101_080000.json", "notes.txt"]) {
    writeFileSync(path.join(folder.path, "reports", name), "x".repeat(600));
  }
  writeFileSync(path.join(folder.path, "harbinger.log"), "x".repeat(2000));
  const { stdout } = await harbinger(["doctor"], { directory: folder.path });
  assert.match(stdout, /^warning +limit: 60 MB of 10 MB \(retention\.max_size\)$/m);
  assert.match(stdout, /^ok +report files: 1 report of 5 in reports, 1\.2 kB$/m);
  assert.match(stdout, /^ok +log size: \d\.\d kB of 1\.0 GB \(logging\.max_size\)$/m);
});

test("a file of an earlier version does not shrink by itself: doctor shows how to shrink it, and then it is small", async () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, "harbinger.db");
  await makeDatabase(file, "unused");
  const run = (...args: string[]) => harbinger(args, { directory: folder.path });
  const before = await run("doctor");
  assert.match(before.stdout, /^warning +unused space: 60 MB of the file are unused/m);
  assert.match(before.stdout, /harbinger backup FILE, then harbinger restore FILE --force --send-waiting/);
  assert.equal((await run("backup", "copy.db")).status, 0);
  assert.equal((await run("restore", "copy.db", "--force", "--send-waiting")).status, 0);
  assert.ok(statSync(file).size < 1_000_000);
  using database = new DatabaseSync(file, { readOnly: true });
  assert.equal(database.prepare("pragma auto_vacuum").get()?.["auto_vacuum"], 2);
  assert.doesNotMatch((await run("doctor")).stdout, /unused space/);
});
