import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { HarbingerError } from "../../src/core/errors.ts";
import { type Log, silentLog } from "../../src/core/log.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { schemaVersion } from "../../src/store/migrations/migrations.ts";
import { openStore } from "../../src/store/open-store.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { smallDisk } from "../harness/small-disk.ts";
import { checkEarlierVersion, type EarlierVersion, earlierVersions, fixture } from "./earlier-versions.ts";
import { postgresServer, whyNoPostgres } from "./postgres-server.ts";

const folder = temporaryFolder();
after(() => folder[Symbol.dispose]());

function place(version: EarlierVersion, name: string): string {
  const file = path.join(folder.path, `${name}.db`);
  writeFileSync(file, fixture(version, "db"), { mode: 0o600 });
  return file;
}

function open(file: string, log: Log = silentLog) {
  return openSqliteStore({ file, clock: systemClock, log, role: "all" });
}

function copiesOf(file: string): readonly string[] {
  return readdirSync(path.dirname(file)).filter((name) => name.startsWith(`${path.basename(file)}.schema-`));
}

function schemaIn(file: string): number {
  using database = new DatabaseSync(file, { readOnly: true });
  assert.equal(database.prepare("pragma integrity_check").get()?.["integrity_check"], "ok");
  return Number(database.prepare("select value from meta where key = 'schema'").get()?.["value"]);
}

function countsIn(file: string): Readonly<Record<string, unknown>> {
  using database = new DatabaseSync(file, { readOnly: true });
  const tables = database
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite%' and name <> 'meta'")
    .all();
  return Object.fromEntries(
    tables.map(({ name }) => [
      String(name),
      database.prepare(`select count(*) as n from "${String(name)}"`).get()?.["n"],
    ]),
  );
}

describe("a database of an earlier version", () => {
  for (const version of earlierVersions) {
    test(`of schema ${version} is complete after the migration, a copy of it stays, and the log names its place`, async () => {
      const file = place(version, `v${version}`);
      const before = countsIn(file);
      const reported: unknown[] = [];
      const log = { ...silentLog, info: (text: string, fields?: object) => void reported.push([text, fields]) };
      const store = await open(file, log);
      await store[Symbol.asyncDispose]();
      const after = countsIn(file);
      for (const [table, count] of Object.entries(before)) assert.equal(after[table], count, table);
      assert.equal(schemaIn(file), schemaVersion);
      const copies = copiesOf(file);
      if (version === schemaVersion) assert.deepEqual([copies, reported], [[], []]);
      else {
        const [copy = ""] = copies;
        assert.match(copy, new RegExp(`\\.schema-${version}-\\d{4}-\\d\\d-\\d\\d$`));
        assert.deepEqual(reported, [
          ["copied the database before migrating its schema", { copy: path.join(folder.path, copy) }],
          ["migrated the schema of the database", { fromVersion: version, toVersion: schemaVersion }],
        ]);
        assert.equal(schemaIn(path.join(folder.path, copy)), version);
        assert.deepEqual(countsIn(path.join(folder.path, copy)), before);
      }
      await using again = await open(file);
      await checkEarlierVersion(again, version);
    });
  }

  test("can be read by every command", async () => {
    const directory = path.join(folder.path, "commands");
    mkdirSync(directory);
    writeFileSync(path.join(directory, "harbinger.db"), fixture(4, "db"));
    const lines = async (...args: readonly string[]) => {
      const { status, stdout, stderr } = await harbinger([...args, "--json"], { directory });
      assert.equal(status, 0, stderr);
      return stdout.split("\n").filter((line) => line !== "").length;
    };
    assert.equal(await lines("hosts"), 8);
    assert.equal(await lines("connections"), 11);
    assert.equal(await lines("certificates"), 1);
    assert.equal(await lines("devices"), 1);
    assert.ok((await lines("deliveries")) >= 3);
    assert.ok((await lines("reports")) >= 1);
    assert.ok((await lines("doctor")) >= 5);
  });

  test("is migrated by doctor, too, which reports that", async () => {
    const directory = path.join(folder.path, "examined");
    mkdirSync(directory);
    writeFileSync(path.join(directory, "harbinger.db"), fixture(4, "db"));
    const { stdout } = await harbinger(["doctor"], { directory });
    const file = path.join(directory, "harbinger.db");
    const [copy = ""] = copiesOf(file);
    assert.ok(
      stdout.includes(`copied the database before migrating its schema: copy ${path.join(directory, copy)}\n`),
      stdout,
    );
    assert.ok(
      stdout.includes(`migrated the schema of the database: from version 4, to version ${schemaVersion}\n`),
      stdout,
    );
    const again = await harbinger(["doctor"], { directory });
    assert.doesNotMatch(again.stdout, /migrat/);
  });

  test("is complete after the next start if the migration was killed at any moment", async () => {
    const child = fileURLToPath(new URL("upgrade-child.ts", import.meta.url));
    // Before the copy, during it, between it and the steps, and between each two steps.
    for (const [round, moment] of ["copy", "0", "1", "2", "3", "4", "5"].entries()) {
      const file = place(1, `killed-${round}`);
      const before = countsIn(file);
      const running = spawn(process.execPath, [child, file, moment], { stdio: ["ignore", "pipe", "inherit"] });
      const [reported] = await once(running.stdout, "data");
      assert.equal(String(reported).trim(), moment);
      running.kill("SIGKILL");
      await once(running, "close");
      const store = await open(file);
      await store[Symbol.asyncDispose]();
      assert.equal(schemaIn(file), schemaVersion);
      const after = countsIn(file);
      for (const [table, count] of Object.entries(before)) assert.equal(after[table], count, table);
      const copies = copiesOf(file).filter((name) => !name.endsWith(".unfinished"));
      for (const copy of copies) schemaIn(path.join(folder.path, copy));
      assert.ok(copies.length >= 1);
    }
  });

  test("on a full disk stays unchanged, and is migrated when there is room", async (t) => {
    using disk = smallDisk(t, folder.path);
    if (disk === undefined) return;
    const file = path.join(disk.path, "harbinger.db");
    writeFileSync(file, fixture(4, "db"));
    disk.fill();
    await assert.rejects(open(file), (error) => error instanceof HarbingerError && error.code === "store-full");
    disk.empty();
    assert.equal(schemaIn(file), 4);
    assert.deepEqual(
      readdirSync(disk.path).filter((name) => name.includes("unfinished")),
      [],
    );
    const store = await open(file);
    await store[Symbol.asyncDispose]();
    assert.equal(schemaIn(file), schemaVersion);
  });
});

describe(
  "a PostgreSQL database of an earlier version",
  whyNoPostgres === undefined ? {} : { skip: whyNoPostgres },
  () => {
    for (const version of earlierVersions) {
      test(`of schema ${version} is complete after the migration`, async () => {
        const name = `earlier_${version}`;
        await postgresServer.run(`create database ${name}`);
        const client = new pg.Client({ connectionString: postgresServer.url(name) });
        await client.connect();
        await client.query(fixture(version, "sql").toString());
        await client.end();
        await using store = await openStore({ location: postgresServer.url(name) });
        await checkEarlierVersion(store, version);
      });
    }

    test("of a later version is rejected, with the version that it needs", async () => {
      await postgresServer.run("create database later");
      const location = postgresServer.url("later");
      await (await openStore({ location }))[Symbol.asyncDispose]();
      const client = new pg.Client({ connectionString: location });
      await client.connect();
      await client.query(
        "update meta set value = '99' where key = 'schema'; update meta set value = '9.8.7' where key = 'program'",
      );
      await client.end();
      await assert.rejects(openStore({ location }), (error) => {
        assert.ok(error instanceof HarbingerError && error.code === "store-newer");
        assert.match(
          `${error.message} ${error.remedy}`,
          /schema version 99, written by Harbinger 9\.8\.7.*Run Harbinger 9\.8\.7 or later/s,
        );
        return true;
      });
    });
  },
);
