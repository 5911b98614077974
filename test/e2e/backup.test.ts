import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { findProgram } from "../../src/platform/programs.ts";
import { type CliResult, harbinger, type RunningCli, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { launcherOf } from "../harness/launchers.ts";
import { openPort } from "../harness/open-port.ts";
import { postgresMissing, startPostgres } from "../harness/postgres-server.ts";
import { MailServer } from "../harness/smtp-server.ts";

function configure(folder: string, text: string): void {
  writeFileSync(path.join(folder, "harbinger.yaml"), text);
}

function json(result: CliResult): Record<string, unknown> {
  assert.equal(result.status, 0, result.stderr);
  const value: unknown = JSON.parse(result.stdout);
  assert.ok(typeof value === "object" && value !== null);
  return { ...value };
}

/** A few hundred short connections per second, until `signal` is aborted. @returns how many were made */
async function flood(port: number, signal: AbortSignal): Promise<number> {
  let made = 0;
  const one = async (number: number) => {
    while (!signal.aborted) {
      const socket = net.connect({ port, host: "127.0.0.1", localAddress: `127.${number}.0.${1 + (made % 200)}` });
      socket.on("error", () => {});
      socket.once("connect", () => socket.end(`visit ${made}\r\n`));
      await once(socket.resume(), "close");
      made += 1;
      // More would only take processor time from the backups.
      await delay(10);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, number) => one(number + 1)));
  return made;
}

function query(file: string, sql: string): readonly Record<string, unknown>[] {
  using database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  return database.prepare(sql).all();
}

function idsIn(file: string, upTo = Number.MAX_SAFE_INTEGER): readonly string[] {
  return query(file, `select id from connections where rowid <= ${upTo} order by rowid`).map(({ id }) => String(id));
}

function lastRow(file: string): number {
  return Number(query(file, "select coalesce(max(rowid), 0) as last from connections")[0]?.["last"]);
}

describe("harbinger backup and restore", () => {
  test("move a database from one day to another, and send nothing again that was sent since", async () => {
    using folder = temporaryFolder();
    await using mail = await MailServer.start();
    await using port = await openPort("127.71.0.1");
    const deadPort = await freePort();
    const settings = (mailPort: number) => `watches:
  lan: { targets: [127.71.0.0/29], ports: ${port.port}, email: ann@example.org, report_on: changes }
email: { smtp_server: 127.0.0.1, smtp_port: ${mailPort}, tls: none, from_address: harbinger@example.org }
`;
    const run = (...args: readonly string[]) => harbinger(args, { directory: folder.path });
    configure(folder.path, settings(deadPort));
    assert.equal((await run("--mode", "cron")).status, 1);
    const made = await run("backup", "monday.db");
    assert.match(
      made.stdout,
      /^Backup .*monday\.db, \d+ kB\n .*stored up to 20\d\d-.*\n .*1 host, 1 scan, .*1 waiting message; schema \d+\n$/,
    );
    configure(folder.path, settings(mail.port));
    assert.equal((await run("--mode", "cron")).status, 0);
    assert.equal(mail.accepted.length, 1);

    const refused = await run("restore", "monday.db");
    assert.deepEqual([refused.status, /--force/.test(refused.stderr)], [2, true]);
    const restored = await run("restore", "monday.db", "--force");
    assert.equal(restored.status, 0, restored.stderr);
    const [, aside = ""] = /is now (.*)$/m.exec(restored.stdout) ?? [];
    assert.equal(statSync(aside).mode & 0o777, 0o600);
    assert.match(restored.stderr, /1 message waiting in the backup may have been sent since/);
    assert.equal((await run("--mode", "cron")).status, 0);
    assert.equal(mail.accepted.length, 1);
    const held = await run("deliveries", "--state", "dead");
    assert.match(held.stdout, /dead \(uncertain\).*held: it waited when the restored backup was made/s);
    assert.equal((await run("deliveries", "retry", "--all")).status, 0);
    assert.equal((await run("--mode", "cron")).status, 0);
    assert.equal(mail.accepted.length, 2);
    for (const { mail: report } of mail.accepted) assert.match(report.text ?? "", /127\.71\.0\.1/);
  });

  test("name files by their time in a folder, prune them, and write to standard output", async () => {
    using folder = temporaryFolder();
    await using port = await openPort("127.71.1.1");
    configure(folder.path, `watches: { lan: { targets: [127.71.1.1], ports: ${port.port} } }\n`);
    const run = (...args: readonly string[]) => harbinger(args, { directory: folder.path });
    const nothing = await run("backup", "x.db");
    assert.deepEqual([nothing.status, /nothing is stored yet/.test(nothing.stderr)], [1, true]);
    assert.equal((await run("--mode", "cron")).status, 0);
    const backups = path.join(folder.path, "backups");
    mkdirSync(backups);
    const files: unknown[] = [];
    for (let time = 0; time < 3; time++)
      files.push(json(await run("backup", "backups", "--keep", "2", "--json"))["file"]);
    assert.match(String(files[0]), /backups\/harbinger-\d{8}-\d{6}\.db$/);
    assert.deepEqual(
      readdirSync(backups)
        .map((name) => path.join(backups, name))
        .sort(),
      files.slice(1).sort(),
    );
    assert.equal((await run("backup", "nowhere/", "--keep", "2")).status, 2);
    assert.equal((await run("backup", "file.db", "--keep", "2")).status, 2);
    assert.equal((await run("backup", "backups", "--keep", "0")).status, 2);
    const out = path.join(folder.path, "out.db");
    execFileSync("sh", ["-c", `"${process.execPath}" "${launcher}" backup - --quiet > out.db`], { cwd: folder.path });
    assert.equal(query(out, "select count(*) as n from services")[0]?.["n"], 1);
    const doctor = await run("doctor", "--full");
    assert.match(doctor.stdout, /^ok +backup: the last one is 0 minutes old: standard output$/m);
    assert.match(doctor.stdout, /^ok +integrity: schema \d+, no damage found, indices included$/m);
  });

  test("work in a flood: every connection that was stored by then is in the copy, and a killed backup does no harm", async () => {
    using folder = temporaryFolder();
    const port = await freePort();
    configure(
      folder.path,
      `watches: {}
listeners: { decoy: { host: 127.0.0.1, ports: ${port} } }
alerts: { notify: [] }
enrich: { rdns: { enabled: false } }
`,
    );
    const file = path.join(folder.path, "harbinger.db");
    const running = startHarbinger(["run"], { directory: folder.path });
    await running.waitForOutput("listening");
    const stop = new AbortController();
    const flooding = flood(port, stop.signal);
    while (!existsSync(file) || lastRow(file) < 1000) await delay(50);
    const taken: { readonly file: string; readonly before: number; readonly after: number }[] = [];
    for (const name of ["one.db", "two.db", "three.db"]) {
      const before = lastRow(file);
      await killedBackup(folder.path, `killed-${name}`);
      const made = json(await harbinger(["backup", name, "--json"], { directory: folder.path }));
      taken.push({ file: String(made["file"]), before, after: lastRow(file) });
    }
    stop.abort();
    const made = await flooding;
    const inUse = await harbinger(["restore", "one.db", "--force"], { directory: folder.path });
    assert.deepEqual([inUse.status, /in use by harbinger run/.test(inUse.stderr)], [1, true]);
    // The copy is usable, however the daemon ends.
    running.process.kill("SIGKILL");
    await running.ended;
    const all = idsIn(file);
    assert.ok(all.length <= made + 8 && all.length > 1000);
    for (const { file: copy, before, after } of taken) {
      assert.equal(query(copy, "pragma integrity_check")[0]?.["integrity_check"], "ok");
      const last = lastRow(copy);
      assert.ok(last >= before && last <= after, `${before} ${last} ${after}`);
      assert.deepEqual(idsIn(copy), idsIn(file, last));
      // Payloads that many connections share are there for each.
      const orphans = query(
        copy,
        "select count(*) as n from connections c where content is not null and not exists (select 1 from contents k where k.id = c.content)",
      );
      assert.equal(orphans[0]?.["n"], 0);
    }
    assert.deepEqual(
      readdirSync(folder.path).filter((name) => /^killed-.*\.db$/.test(name)),
      [],
    );
    const restored = json(await harbinger(["restore", "three.db", "--force", "--json"], { directory: folder.path }));
    assert.equal(restored["connections"], idsIn(taken[2]?.file ?? "").length);
    const again = startHarbinger(["run"], { directory: folder.path });
    await again.waitForOutput("listening");
    const before = lastRow(file);
    await connectTo(port);
    while (lastRow(file) === before) await delay(20);
    again.process.kill("SIGTERM");
    assert.equal((await again.ended).status, 0);
  });

  test("a database of a later version is rejected by every command, with the remedy", async () => {
    using folder = temporaryFolder();
    await using port = await openPort("127.71.3.1");
    configure(folder.path, `watches: { lan: { targets: [127.71.3.1], ports: ${port.port} } }\n`);
    const run = (...args: readonly string[]) => harbinger(args, { directory: folder.path });
    assert.equal((await run("--mode", "cron")).status, 0);
    const file = path.join(folder.path, "harbinger.db");
    const copy = `${file}.schema-5-2026-01-31`;
    assert.equal((await run("backup", copy)).status, 0);
    laterVersion(file);
    for (const args of [["hosts"], ["run"], ["--mode", "cron"], ["doctor"], ["connections"]]) {
      const { status, stdout, stderr } = await run(...args);
      assert.equal(status, 1, args.join(" "));
      const output = stdout + stderr;
      assert.match(
        output,
        /harbinger\.db has schema version 99, written by Harbinger 9\.8\.7; this program knows versions up to \d+/,
      );
      assert.match(output, /Run Harbinger 9\.8\.7 or later/);
    }
    const [, words = ""] = /beside it\): harbinger (restore .* --force)$/m.exec((await run("hosts")).stderr) ?? [];
    assert.equal(words, `restore ${copy} --force`);
    // A copy of it can be made, and is rejected too.
    assert.equal((await run("backup", "later.db")).status, 0);
    assert.match((await run("restore", "later.db", "--force")).stderr, /Run Harbinger 9\.8\.7 or later/);
    const back = await run(...words.split(" "));
    assert.equal(back.status, 0, back.stderr);
    assert.match((await run("hosts")).stdout, /127\.71\.3\.1/);
    assert.equal(query(file, "select value from meta where key = 'schema'")[0]?.["value"] !== "99", true);
  });

  test("doctor names a database that was set aside and what to do, and detects damage", async () => {
    using folder = temporaryFolder();
    await using port = await openPort("127.71.4.1");
    configure(folder.path, `watches: { lan: { targets: [127.71.4.1], ports: ${port.port} } }\n`);
    const run = (...args: readonly string[]) => harbinger(args, { directory: folder.path });
    assert.equal((await run("--mode", "cron")).status, 0);
    const file = path.join(folder.path, "harbinger.db");
    const aside = `${file}.set-aside-2026-01-31`;
    copyFileSync(file, aside);
    const warned = await run("doctor");
    assert.match(
      warned.stdout,
      /^warning +set aside: .*harbinger\.db\.set-aside-2026-01-31 \(\d+ kB\): recording continued there/m,
    );
    assert.match(warned.stdout, /harbinger restore .*set-aside-2026-01-31 --force restores it/);
    {
      // A row without its index entry, as a failing disk leaves it: reading every page does not detect it.
      using database = new DatabaseSync(file);
      const root = Number(
        database.prepare("select rootpage from sqlite_schema where name = 'scans_by_watch'").get()?.["rootpage"],
      );
      const size = Number(database.prepare("pragma page_size").get()?.["page_size"]);
      database.close();
      const bytes = readFileSync(file);
      bytes.writeUInt16BE(0, (root - 1) * size + 3);
      writeFileSync(file, bytes);
    }
    const full = await run("doctor", "--full");
    assert.equal(full.status, 1);
    assert.match(full.stdout, /^bad +integrity: the database .* is damaged: .*scans_by_watch/m);
    const backup = await run("backup", "x.db");
    assert.deepEqual([backup.status, /is damaged, so no backup was made/.test(backup.stderr)], [1, true]);
  });
});

describe("harbinger backup and restore with PostgreSQL", {
  skip: postgresMissing() ?? (findProgram("pg_dump") === undefined && "pg_dump is not installed"),
}, () => {
  test("name the programs of the server; the shown commands work", async () => {
    using folder = temporaryFolder();
    await using server = await startPostgres();
    await using port = await openPort("127.71.5.1");
    const deadPort = await freePort();
    const url = new URL(server.url);
    url.password = "hunter2";
    configure(
      folder.path,
      `store: "${url}"
watches: { lan: { targets: [127.71.5.1], ports: ${port.port}, email: ann@example.org } }
email: { smtp_server: 127.0.0.1, smtp_port: ${deadPort}, tls: none, from_address: harbinger@example.org }
`,
    );
    const run = (...args: readonly string[]) => harbinger(args, { directory: folder.path });
    assert.equal((await run("--mode", "cron")).status, 1);
    const backup = await run("backup", "x.db");
    const restore = await run("restore", "x.db");
    assert.deepEqual([backup.status, restore.status], [2, 2]);
    assert.doesNotMatch(backup.stderr + restore.stderr, /hunter2/);
    const line = (pattern: RegExp, text: string) => pattern.exec(text)?.[0] ?? "";
    const sh = (command: string) => execFileSync("sh", ["-c", command], { cwd: folder.path, stdio: "pipe" });
    sh(line(/^pg_dump .*$/m, backup.stderr));
    // Later connections are lost by restoring.
    assert.equal((await run("deliveries", "hold", "--drop")).status, 0);
    sh(line(/^pg_restore .*$/m, restore.stderr));
    assert.equal((await run("deliveries", "hold")).status, 0);
    assert.match((await run("deliveries")).stdout, /dead \(uncertain\).*held by the user/s);
    assert.match((await run("hosts")).stdout, /127\.71\.5\.1/);
    assert.match((await run("doctor")).stdout, /^ok +server: PostgreSQL \d+.*, schema \d+$/m);
    sh(`psql -q "${server.url}" -c "update meta set value = '99' where key = 'schema'"`);
    const refused = await run("hosts");
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /postgres:\/\/.*has schema version 99, written by Harbinger .*pg_restore/s);
    assert.doesNotMatch(refused.stderr, /hunter2/);
  });
});

const launcher = launcherOf("harbinger");

/** Ends a backup by SIGKILL as soon as its file is there. */
async function killedBackup(folder: string, name: string): Promise<void> {
  const backup: RunningCli = startHarbinger(["backup", name, "--json"], { directory: folder });
  const isBegun = () => readdirSync(folder).some((file) => file.startsWith(`${name}.`));
  let hasEnded = false;
  void backup.ended.then(() => {
    hasEnded = true;
  });
  while (!isBegun() && !hasEnded) await delay(1);
  assert.equal(hasEnded, false);
  backup.process.kill("SIGKILL");
  await backup.ended;
}

async function connectTo(port: number): Promise<void> {
  const socket = net.connect(port, "127.0.0.1", () => socket.end("hello\r\n"));
  await once(socket.resume(), "close");
}

/** As a later program leaves it. */
function laterVersion(file: string): void {
  using database = new DatabaseSync(file);
  database.exec(
    "update meta set value = '99' where key = 'schema'; update meta set value = '9.8.7' where key = 'program'",
  );
}
