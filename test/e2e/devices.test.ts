import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { temporaryFolder } from "../harness/cli.ts";
import { createDeviceNetwork, type DeviceNetwork, whyNoDeviceNetwork } from "../harness/device-network.ts";

const skip = whyNoDeviceNetwork();

const nas = "b8:27:eb:00:00:10";
const phone = "02:00:00:00:00:20";
const printer = "52:54:00:00:00:30";
const guest = "02:00:00:00:00:40";

function configure(folder: string, more: Record<string, unknown> = {}): void {
  const watches = { lan: { label: "Lan", targets: ["192.168.50.2-254"], ports: "22,80", report_on: "changes" } };
  writeFileSync(
    path.join(folder, "harbinger.yaml"),
    JSON.stringify({ reports: { json: true }, watches, devices: { gone_after: 1 }, ...more }),
  );
}

interface AnnouncedDiscovery {
  readonly kind?: string;
  readonly address?: string;
  readonly port?: number;
  readonly isKnownHost?: boolean;
  readonly detail?: string;
  readonly firstScan: boolean;
  readonly device?: { readonly mac: string; readonly name?: string; readonly addresses: readonly string[] };
}

/** The discoveries at the end of the last run, by folder. */
const seen = new Map<string, ReadonlySet<number>>();

/** One run, and what it added to the database. */
async function run(network: DeviceNetwork, folder: string): Promise<readonly string[]> {
  const before = seen.get(folder);
  const result = await network.harbinger(["--mode", "cron"], folder);
  assert.ok(result.status <= 1, result.stderr);
  const now = await discoveries(network, folder);
  seen.set(folder, new Set(now.map(({ id }) => id)));
  return now
    .filter(({ id }) => before?.has(id) !== true)
    .map(({ description }) => description)
    .sort();
}

/** Everything that any report announced or will announce, in words. */
async function discoveries(network: DeviceNetwork, folder: string) {
  const listed = await network.harbinger(["deliveries", "--json"], folder);
  const ids = listed.stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => Number(JSON.parse(line).id));
  const reports = await Promise.all(
    ids.map((id) => network.harbinger(["reports", "show", String(id), "--json"], folder)),
  );
  return reports.flatMap(({ stdout }) =>
    stdout
      .split("\n")
      .filter(Boolean)
      .map((line): AnnouncedDiscovery & { readonly id: number } => JSON.parse(line))
      // The delivery itself comes first.
      .filter(({ kind }) => kind !== undefined)
      .map((discovery) => ({ id: discovery.id, description: inWords(discovery) })),
  );
}

function inWords({ kind, address, port, isKnownHost, detail, firstScan, device }: AnnouncedDiscovery): string {
  const where = address === undefined ? "" : ` ${address}:${port}`;
  const known = kind === "new" ? ` ${isKnownHost === true ? "known host" : "new host"}` : "";
  const who = device === undefined ? "" : ` ${device.name ?? device.mac}`;
  return `${kind}${where}${known}${who}${detail === undefined ? "" : ` (${detail})`}${firstScan ? " first" : ""}`;
}

async function json(
  network: DeviceNetwork,
  folder: string,
  ...args: string[]
): Promise<readonly Record<string, unknown>[]> {
  const result = await network.harbinger([...args, "--json"], folder);
  assert.equal(result.status, 0, result.stderr);
  return result.stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

describe("devices on the own network", { skip: skip ?? false, concurrency: 3 }, () => {
  test("are reported exactly: devices that join without a port, ports that open, devices that leave or move", async () => {
    using folder = temporaryFolder();
    await using network = createDeviceNetwork();
    network.join({ name: "nas", address: "192.168.50.10", mac: nas });
    network.join({ name: "phone", address: "192.168.50.20", mac: phone });
    network.join({ name: "printer", address: "192.168.50.30", mac: printer });
    await network.open("nas", 22);
    configure(folder.path);

    assert.deepEqual(await run(network, folder.path), [
      `device-new ${phone} first`,
      `device-new ${printer} first`,
      `device-new ${nas} first`,
      `new 192.168.50.10:22 new host ${nas} first`,
    ]);

    const named = await network.harbinger(["devices", "name", "192.168.50.10", "The NAS"], folder.path);
    assert.deepEqual([named.status, named.stderr.trim()], [0, `${nas} is named The NAS now.`]);
    const approved = await network.harbinger(["devices", "approve", nas.toUpperCase(), "192.168.50.20"], folder.path);
    assert.equal(approved.status, 0, approved.stderr);

    network.join({ name: "guest", address: "192.168.50.40", mac: guest });
    await network.open("nas", 80);
    network.leave("phone");
    network.readdress("printer", "192.168.50.31");
    assert.deepEqual(await run(network, folder.path), [
      `device-address-changed ${printer} (192.168.50.30 -> 192.168.50.31)`,
      `device-gone ${phone}`,
      `device-new ${guest}`,
      "new 192.168.50.10:80 known host The NAS",
    ]);
    assert.deepEqual(await run(network, folder.path), [], "nothing happened since");

    const devices = await json(network, folder.path, "devices");
    assert.deepEqual(
      devices.map(({ mac, name, approved, present, randomised }) => [mac, name, approved, present, randomised]),
      [
        [nas, "The NAS", true, true, false],
        [phone, null, true, false, true],
        [printer, null, false, true, false],
        [guest, null, false, true, true],
      ],
    );
    const [first] = devices;
    assert.deepEqual(Object.keys(first ?? {}), [
      "mac",
      "vendor",
      "randomised",
      "names",
      "name",
      "approved",
      "addresses",
      "firstSeen",
      "lastSeen",
      "present",
    ]);
    assert.equal(first?.["vendor"], "Raspberry Pi Foundation");
    assert.ok((first["addresses"] as readonly string[]).includes("192.168.50.10"));
    assert.match(String(first["firstSeen"]), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

    const macs = async (...options: string[]) =>
      (await json(network, folder.path, "devices", ...options)).map(({ mac }) => mac);
    assert.deepEqual(await macs("--gone"), [phone]);
    assert.deepEqual(await macs("--unapproved"), [printer, guest]);
    assert.deepEqual(await macs("--address", "192.168.50.30"), [printer]);
    assert.deepEqual(await macs("--new", "--limit", "1"), [nas]);
    assert.deepEqual(await macs("--new", "2999-01-01"), []);

    const table = await network.harbinger(["devices"], folder.path);
    assert.match(table.stdout, /^ADDRESS +MAC +VENDOR +NAME +APPROVED +LAST SEEN$/m);
    assert.match(table.stdout, /^192\.168\.50\.10( \+\d)? +b8:27:eb:00:00:10 +Raspberry Pi Foundation +The NAS +yes /m);
    assert.match(table.stdout, /^192\.168\.50\.20( \+\d)? +02:00:00:00:00:20 +\(randomised\) .* gone$/m);
    const host = await network.harbinger(["hosts", "192.168.50.31"], folder.path);
    assert.match(host.stdout, /^Device 52:54:00:00:00:30\n {2}no name of your own; not approved\n/);
    assert.match(host.stdout, /^ {2}before: 192\.168\.50\.30 until /m);
    assert.match(host.stdout, /device-address-changed {2}device {2}\(lan\) {2}192\.168\.50\.30 -> 192\.168\.50\.31/);
    const hosts = await network.harbinger(["hosts"], folder.path);
    assert.match(hosts.stdout, /192\.168\.50\.10 .* The NAS/);
  });

  test("that claim one address are reported once, to the watch that found them, although two watches scan", async () => {
    using folder = temporaryFolder();
    await using network = createDeviceNetwork();
    network.join({ name: "nas", address: "192.168.50.10", mac: nas });
    const watch = { label: "Lan", targets: ["192.168.50.2-254"], report_on: "changes" };
    configure(folder.path, { watches: { lan: { ...watch, ports: 22 }, web: { ...watch, ports: 80 } } });
    assert.deepEqual(await run(network, folder.path), [`device-new ${nas} first`]);
    network.join({ name: "twin", address: "192.168.50.10", mac: guest });
    assert.deepEqual(await run(network, folder.path), [
      `address-moved ${guest} (192.168.50.10 is used by two devices: ${nas} (Raspberry Pi Foundation) and ${guest})`,
      `device-new ${guest}`,
    ]);
    assert.deepEqual(await run(network, folder.path), []);
  });

  test("go to recipients of their own if configured", async () => {
    using folder = temporaryFolder();
    await using network = createDeviceNetwork();
    network.join({ name: "nas", address: "192.168.50.10", mac: nas });
    configure(folder.path, { devices: { label: "Who is here", names: false, lease_files: ["leases"] } });
    const leaseEnds = Math.floor(Date.now() / 1000) + 3600;
    writeFileSync(path.join(folder.path, "leases"), `${leaseEnds} ${nas} 192.168.50.10 box *\n`);
    assert.equal((await network.harbinger(["--mode", "cron"], folder.path)).status <= 1, true);
    const reports = readdirSync(path.join(folder.path, "reports")).filter((name) => name.endsWith(".txt"));
    const about = reports.find((name) => name.startsWith("Who"));
    assert.ok(about !== undefined, reports.join());
    const text = readFileSync(path.join(folder.path, "reports", about), "utf8");
    assert.match(text, /1 new device/i);
    const rest = reports
      .filter((name) => name !== about)
      .map((name) => readFileSync(path.join(folder.path, "reports", name), "utf8"));
    assert.ok(!/new device/i.test(rest.join()));
    const [device] = await json(network, folder.path, "devices");
    assert.deepEqual(device?.["names"], ["box"]);
  });
});
