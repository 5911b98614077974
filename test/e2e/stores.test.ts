import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { postgresMissing, startPostgres } from "../harness/postgres-server.ts";

const watch = "port_ssh: { port: 22, label: Lab, command: cat hosts.txt }\n";

function reportTexts(folder: string): string[] {
  const directory = path.join(folder, "reports");
  return readdirSync(directory)
    .sort()
    .map((name) => readFileSync(path.join(directory, name), "utf8"));
}

describe("a database of the earlier tool", () => {
  test("is converted: its hosts are not new, it can still be read, and a backup is kept", async () => {
    using folder = temporaryFolder();
    const file = path.join(folder.path, "harbinger.db");
    const earlier = new DatabaseSync(file);
    earlier.exec(`
      create table hosts_port_22 (ip_address text primary key, first_seen text not null, last_seen text not null);
      insert into hosts_port_22 values ('10.0.0.1', '2024-09-25T14:30:22.123456', '2024-09-26T08:00:00.000001');
      create table hosts_port_80 (ip_address text primary key, first_seen text not null, last_seen text not null);
      insert into hosts_port_80 values ('10.0.0.9', '2024-01-01T00:00:00', '2024-01-01T00:00:00');
    `);
    earlier.close();
    writeFileSync(path.join(folder.path, "harbinger.yaml"), watch);
    writeFileSync(path.join(folder.path, "hosts.txt"), "10.0.0.1\n10.0.0.2\n");
    const { status, stderr } = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(status, 0, stderr);
    const [report] = reportTexts(folder.path);
    assert.match(report ?? "", /1 new host detected/);
    assert.match(report ?? "", /^Port 22:\n10\.0\.0\.2\n/m);
    const later = new DatabaseSync(file, { readOnly: true });
    const rows = later.prepare("select ip_address, first_seen from hosts_port_22 order by 1").all();
    assert.deepEqual(
      rows.map((row) => row["ip_address"]),
      ["10.0.0.1", "10.0.0.2"],
    );
    assert.match(String(rows[0]?.["first_seen"]), /^2024-09-25T14:30:22/);
    assert.equal(later.prepare("select count(*) as count from hosts_port_80").get()?.["count"], 1);
    later.close();
    const backups = readdirSync(folder.path).filter((name) => name.startsWith("harbinger.db.before"));
    assert.equal(backups.length, 1);
    const backup = new DatabaseSync(path.join(folder.path, backups[0] ?? ""), { readOnly: true });
    assert.equal(backup.prepare("select count(*) as count from hosts_port_22").get()?.["count"], 1);
    backup.close();
  });
});

describe("PostgreSQL as the store", { skip: postgresMissing() ?? false }, () => {
  test("remembers across runs, rejects a second process, and shows what is stored", async () => {
    using folder = temporaryFolder();
    await using server = await startPostgres();
    writeFileSync(path.join(folder.path, "harbinger.yaml"), `${watch}store: ${server.url}\n`);
    writeFileSync(path.join(folder.path, "hosts.txt"), "10.0.0.1\nfd00::7\n");
    const first = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(first.status, 0, first.stderr);
    writeFileSync(path.join(folder.path, "hosts.txt"), "10.0.0.1\nfd00::7\n10.0.0.3\n");
    const second = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(second.status, 0, second.stderr);
    const subjects = reportTexts(folder.path).map((text) => /^Subject: (.*)$/m.exec(text)?.[1]);
    assert.deepEqual(subjects.sort(), [
      "Harbinger Report for Lab: 1 new host detected",
      "Harbinger Report for Lab: 2 new hosts detected",
    ]);
    const hosts = await harbinger(["hosts", "--json"], { directory: folder.path });
    const addresses = hosts.stdout
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { address: string }).address);
    assert.deepEqual(addresses, ["10.0.0.1", "10.0.0.3", "fd00::7"]);
    assert.deepEqual(
      readdirSync(folder.path).filter((name) => name.includes(".db")),
      [],
    );
  });
});
