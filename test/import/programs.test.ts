import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { postgresMissing, startPostgres } from "../harness/postgres-server.ts";
import { configure, importFiles, knownServices, makeDatabase, scanOnce } from "./import-cli.ts";

const netalertx = `
  create table Devices (devMac STRING (50) PRIMARY KEY NOT NULL COLLATE NOCASE, devName STRING (50), devVendor STRING (250),
    devFirstConnection DATETIME NOT NULL, devLastConnection DATETIME NOT NULL, devLastIP STRING (50), devIsNew BOOLEAN, devNameSource TEXT);
  insert into Devices values ('B8:27:EB:00:00:10', 'The NAS', 'Raspberry Pi Foundation', '2024-09-25 14:30:22', '2026-01-31 08:00:00', '192.168.50.10', 0, 'USER');
  insert into Devices values ('02:00:00:00:00:20', '(unknown)', '(unknown)', '2025-01-01 10:00:00', '2025-06-01 10:00:00', '192.168.50.20', 1, '');
  insert into Devices values ('Internet', 'Internet', '', '2024-09-25 14:30:22', '2026-01-31 08:00:00', '198.51.100.1', 0, '');
  create view Bomb as with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as devMac from n;
  create trigger Changed after update on Devices begin delete from Devices; end;
`;

const legacy = `
  create table hosts_port_22 (ip_address text primary key, first_seen text not null, last_seen text not null);
  insert into hosts_port_22 values ('10.0.0.1', '2024-09-25T14:30:22.123456', '2024-09-26T08:00:00.000001');
  insert into hosts_port_22 values ('not an address', '2024-09-25T14:30:22', '2024-09-26T08:00:00');
  create table hosts_port_80 (ip_address text primary key, first_seen text not null, last_seen text not null);
  insert into hosts_port_80 values ('10.0.0.9', '2024-01-01T00:00:00', '2024-01-01T00:00:00');
`;

async function devicesIn(directory: string) {
  const { stdout } = await harbinger(["devices", "--json"], { directory });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

describe("data of other programs", { timeout: hangLimitMs, concurrency: 2 }, () => {
  test("devices of NetAlertX are imported from its database and its export, once", async () => {
    using folder = temporaryFolder();
    makeDatabase(path.join(folder.path, "app.db"), netalertx);
    const first = await importFiles(folder.path, "app.db");
    assert.deepEqual(
      [first.status, first.files[0]?.format, first.devices.added],
      [0, "netalertx-database", 2],
      first.stderr,
    );
    writeFileSync(
      path.join(folder.path, "devices.csv"),
      `"devMac","devName","devVendor","devFirstConnection","devLastConnection","devLastIP","devIsNew","devComments"
"B8:27:EB:00:00:10","The NAS","Raspberry Pi Foundation","2024-09-25 14:30:22","2026-01-31 08:00:00","192.168.50.10","0","two
lines, and a ""quote"""
"somewhere","x","","2024-09-25 14:30:22","2026-01-31 08:00:00","","0",""
"02:00:00:00:00:30","Phone","","2026-01-01 10:00:00","2026-01-31 08:00:00","192.168.50.30","1",""
`,
    );
    const second = await importFiles(folder.path, "devices.csv");
    assert.deepEqual([second.status, second.files[0]?.format, second.files[0]?.unreadable], [1, "netalertx-csv", 1]);
    assert.deepEqual([second.devices.added, second.devices.unchanged], [1, 1]);
    const devices = await devicesIn(folder.path);
    assert.deepEqual(
      devices.map(({ mac, name, approved, present, addresses }) => [
        mac,
        name,
        approved,
        present,
        addresses[0]?.address ?? addresses[0],
      ]),
      [
        ["b8:27:eb:00:00:10", "The NAS", true, false, "192.168.50.10"],
        ["02:00:00:00:00:20", null, false, false, "192.168.50.20"],
        ["02:00:00:00:00:30", "Phone", false, false, "192.168.50.30"],
      ],
    );
  });

  test("devices of WatchYourLAN are imported from its database and its interface", async () => {
    using folder = temporaryFolder();
    const columns = `ID INTEGER PRIMARY KEY, NAME TEXT, DNS TEXT, IFACE TEXT, IP TEXT, MAC TEXT, HW TEXT, DATE TEXT, KNOWN INTEGER, NOW INTEGER`;
    makeDatabase(
      path.join(folder.path, "scan.db"),
      `create table now (${columns}); create table history (${columns});
       insert into now values (1, 'The NAS', 'nas.lan', 'eth0', '192.168.50.10', 'b8:27:eb:00:00:10', 'Raspberry', '2026-01-31 08:00:00', 1, 1);
       insert into history values (1, 'The NAS', 'nas.lan', 'eth0', '192.168.50.9', 'b8:27:eb:00:00:10', 'Raspberry', '2025-12-01 08:00:00', 1, 0);`,
    );
    const first = await importFiles(folder.path, "scan.db");
    assert.deepEqual([first.status, first.devices.added], [0, 1], first.stderr);
    const [device] = await devicesIn(folder.path);
    assert.deepEqual([device.name, device.names, device.approved], ["The NAS", ["nas.lan"], true]);
    assert.equal(device.firstSeen, new Date(2025, 11, 1, 8).toISOString());
    const host = {
      id: 1,
      name: "The NAS",
      dns: "nas.lan",
      iface: "eth0",
      ip: "192.168.50.10",
      mac: "b8:27:eb:00:00:10",
      hw: "Raspberry",
      date: "2026-01-31 08:00:00",
      known: 1,
      now: 1,
    };
    writeFileSync(
      path.join(folder.path, "all.json"),
      JSON.stringify([host, { ...host, mac: "02:00:00:00:00:20", name: "" }]),
    );
    const second = await importFiles(folder.path, "all.json");
    assert.deepEqual(
      [second.files[0]?.format, second.devices.added, second.devices.unchanged],
      ["watchyourlan-json", 1, 1],
    );
  });

  test("hosts of the earlier tool are added to an existing store", async () => {
    using folder = temporaryFolder();
    makeDatabase(path.join(folder.path, "old.db"), legacy);
    configure(
      folder.path,
      `watches: { ssh: { command: cat hosts.txt, ports: 22 }, web: { command: cat hosts.txt, ports: 80 } }\n`,
    );
    writeFileSync(path.join(folder.path, "hosts.txt"), "10.0.0.7\n");
    await scanOnce(folder.path, "ssh");
    const imported = await importFiles(folder.path, "old.db");
    assert.deepEqual([imported.status, imported.services.added, imported.files[0]?.unreadable], [1, 2, 1]);
    assert.deepEqual(imported.files[0]?.faults, [
      { where: "table hosts_port_22, row 2", reason: "ip_address is not an address" },
    ]);
    writeFileSync(path.join(folder.path, "hosts.txt"), "10.0.0.7\n10.0.0.1\n10.0.0.8\n");
    assert.equal((await scanOnce(folder.path, "ssh"))["new"], 1);
    assert.deepEqual(await knownServices(folder.path), [
      "10.0.0.1 22 present",
      "10.0.0.1 80 present",
      "10.0.0.7 22 present",
      "10.0.0.7 80 present",
      "10.0.0.8 22 present",
      "10.0.0.8 80 present",
      "10.0.0.9 80 inherited",
    ]);
  });

  test("connections of the earlier Portwatcher become history and send no alert", async () => {
    using folder = temporaryFolder();
    writeFileSync(
      path.join(folder.path, "alerts.txt"),
      ["2026-01-31T08:00:00+01:00", "2026-01-31T08:05:00+01:00"]
        .map(
          (time) =>
            `Timestamp: ${time}\nPeer IP: 198.51.100.7\nPort: 40000\nBytesIn/Probe: 12 in 3ms\nDetected: ssh\nLocal: 192.0.2.1:22\n`,
        )
        .join("\n"),
    );
    const first = await importFiles(folder.path, "alerts.txt");
    assert.deepEqual(
      [first.status, first.files[0]?.format, first.connections.added],
      [0, "portwatcher-log", 2],
      first.stderr,
    );
    assert.equal((await importFiles(folder.path, "alerts.txt")).connections.unchanged, 2);
    const { stdout } = await harbinger(["connections", "--json"], { directory: folder.path });
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ protocol, listener }) => [protocol, listener]),
      [
        ["ssh", "imported"],
        ["ssh", "imported"],
      ],
    );
    writeFileSync(path.join(folder.path, "own.jsonl"), stdout);
    assert.equal(
      (await importFiles(folder.path, "own.jsonl")).connections.unchanged,
      2,
      "its own lines keep their ids",
    );
  });
});

describe("files that cannot be imported", { timeout: hangLimitMs, concurrency: 2 }, () => {
  test("each is reported with the remedy, and the others are read", async () => {
    using folder = temporaryFolder();
    const write = (name: string, content: string | Uint8Array) => writeFileSync(path.join(folder.path, name), content);
    write("empty", "");
    write("picture.png", Buffer.from([0x89, 0x50, 0, 1, 2]));
    write("scan.xml.gz", Buffer.from([0x1f, 0x8b, 8, 0]));
    write("notes.txt", "just some words\n");
    write("broken.db", Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(4000, 7)]));
    write("deep.xml", `<?xml version="1.0"?>\n<nmaprun>${"<a>".repeat(100_000)}`);
    write(
      "bomb.xml",
      `<?xml version="1.0"?>\n<!DOCTYPE nmaprun [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>\n<nmaprun><host>&b;</host></nmaprun>`,
    );
    write(
      "token.json",
      `[\n{"ip":"10.0.0.1","ports":[{"port":22,"proto":"tcp","status":"open"}],"x":"${"y".repeat(3_000_000)}"},\n{"ip":"10.0.0.2","ports":[{"port":22,"proto":"tcp","status":"open"}]}\n]`,
    );
    makeDatabase(
      path.join(folder.path, "views.db"),
      "create view Devices as select 'b8:27:eb:00:00:10' as devMac; create table other (x);",
    );
    makeDatabase(
      path.join(folder.path, "virtual.db"),
      "create virtual table Devices using fts5(devMac, devName); insert into Devices values ('b8:27:eb:00:00:10', 'x');",
    );
    makeDatabase(
      path.join(folder.path, "types.db"),
      `create table Devices (devMac, devName, devFirstConnection, devLastIP, devIsNew, devVendor generated always as (hex(zeroblob(100000000))) virtual);
       insert into Devices values (x'00ff', 7, '2026-01-31 08:00:00', null, 'maybe'), (12.5, null, null, null, null),
         ('b8:27:eb:00:00:10', zeroblob(50000000), '2026-01-31 08:00:00', x'00', 0);`,
    );
    const bad = [
      "empty",
      "picture.png",
      "scan.xml.gz",
      "notes.txt",
      "broken.db",
      "deep.xml",
      "bomb.xml",
      "views.db",
      "virtual.db",
      "nosuch",
    ];
    const { status, services, devices, files, stderr } = await importFiles(
      folder.path,
      ...bad,
      "token.json",
      "types.db",
      ".",
    );
    assert.equal(status, 1);
    assert.deepEqual([services.added, devices.added], [1, 1]);
    assert.deepEqual(
      files.map(({ file, unreadable }) => [file, unreadable]),
      [
        ["deep.xml", 1],
        ["bomb.xml", 1],
        ["token.json", 1],
        ["types.db", 2],
      ],
    );
    for (const [name, words] of [
      ["empty", "is empty"],
      ["picture.png", "is neither text .UTF-8. nor an SQLite database"],
      ["scan.xml.gz", "gunzip"],
      ["notes.txt", "none of the formats"],
      ["broken.db", "not a database"],
      ["views.db", "an unknown program"],
      ["virtual.db", "an unknown program"],
      ["nosuch", "cannot read|no such file"],
      [".", "not a file"],
    ]) {
      assert.match(stderr, new RegExp(`${name}.*(?:${words})|(?:${words}).*${name}`), `${name}: ${stderr}`);
    }
  });
});

describe("an import into PostgreSQL", { skip: postgresMissing() ?? false, timeout: hangLimitMs }, () => {
  test("accepts the earlier tool's hosts and other programs' devices", async () => {
    await using server = await startPostgres();
    using folder = temporaryFolder();
    configure(folder.path, `store: "${server.url}"\nwatches: { ssh: { command: cat hosts.txt, ports: 22 } }\n`);
    writeFileSync(path.join(folder.path, "hosts.txt"), "10.0.0.1\n10.0.0.2\n");
    makeDatabase(path.join(folder.path, "old.db"), legacy);
    makeDatabase(path.join(folder.path, "app.db"), netalertx);
    const first = await importFiles(folder.path, "old.db", "app.db");
    assert.deepEqual([first.services.added, first.devices.added], [2, 2], first.stderr);
    const second = await importFiles(folder.path, "old.db", "app.db");
    assert.deepEqual([second.services.unchanged, second.devices.unchanged], [2, 2]);
    assert.equal((await scanOnce(folder.path, "ssh"))["new"], 1);
  });
});
