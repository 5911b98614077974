import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { parseAddress } from "../../src/core/address.ts";
import { type Mac, parseMac } from "../../src/core/device.ts";
import { silentLog } from "../../src/core/log.ts";
import { parseRange } from "../../src/core/network.ts";
import type { Store } from "../../src/core/store.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { launcherOf } from "../harness/launchers.ts";
import { onTerminal, whyNoTerminal } from "../harness/terminal.ts";
import { look, sighting } from "../store/sample.ts";

function mac(text: string): Mac {
  const parsed = parseMac(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

const nas = mac("52:54:00:00:00:10");
const phone = mac("02:00:00:00:00:20");

/** A store with two devices, locked as by a daemon. */
async function storeWithDevices(folder: string): Promise<Store> {
  const store = await openSqliteStore({
    file: path.join(folder, "harbinger.db"),
    clock: systemClock,
    log: silentLog,
    role: "all",
  });
  const lock = await store.lock("harbinger run");
  assert.equal(lock.kind, "held");
  await store.devices.record({
    watch: "lan",
    at: Date.UTC(2026, 0, 1),
    present: [
      [nas, "192.168.50.10"],
      [phone, "192.168.50.20"],
    ].map(([device, host]) => ({
      mac: mac(String(device)),
      address: parseAddress(String(host)) ?? assert.fail(),
      link: "eth0",
    })),
    names: new Map([
      [nas, [{ name: "nas\u202e.lan with a name that is longer than any table likes", source: "dns" as const }]],
    ]),
    vendors: new Map([[nas, "QEMU/KVM virtual machine"]]),
    probed: [parseRange("192.168.50.0/24") ?? assert.fail()],
    policy: { goneAfter: 2, flapLimit: 4, flapWindowMs: 1000 },
    audiences: [],
  });
  return store;
}

async function command(folder: string, ...args: string[]) {
  return await harbinger(["devices", ...args], { directory: folder });
}

test("devices are named and approved beside a running daemon, by MAC address in any notation or by address", async () => {
  using folder = temporaryFolder();
  await using store = await storeWithDevices(folder.path);
  const devices = async () =>
    (await store.devices.list({ limit: 9 })).rows.map(({ name, approved }) => [name, approved] as const);

  assert.equal((await command(folder.path, "name", "0200.0000.0020", "Anna's phone")).status, 0);
  assert.equal((await command(folder.path, "name", "192.168.50.10", "NAS")).status, 0);
  assert.equal((await command(folder.path, "approve", "52-54-0-0-0-10", "192.168.50.20")).status, 0);
  assert.deepEqual(await devices(), [
    ["Anna's phone", true],
    ["NAS", true],
  ]);
  const shown = await command(folder.path);
  assert.match(shown.stdout, /^192\.168\.50\.20 +02:00:00:00:00:20 +\(randomised\) +Anna's phone +yes +2026-01-01/m);

  assert.equal((await command(folder.path, "name", "192.168.50.10", "--clear")).status, 0);
  const revoked = await command(folder.path, "approve", "--revoke", "--all");
  assert.deepEqual([revoked.status, revoked.stderr.trim()], [0, "2 devices no longer approved."]);
  assert.deepEqual(await devices(), [
    ["Anna's phone", false],
    [undefined, false],
  ]);
  const table = (await command(folder.path)).stdout;
  assert.match(table, / nas\.\.lan with a name that\.\.\. /, "safe and short");
  assert.ok(table.split("\n").every((line) => line.length <= 130));
});

test("an unknown device fails the command, which names the nearest one; the others are processed", async () => {
  using folder = temporaryFolder();
  await using store = await storeWithDevices(folder.path);
  const misspelt = await command(folder.path, "approve", "52:54:00:00:00:11", "192.168.50.20", "192.168.50.99");
  assert.equal(misspelt.status, 1);
  assert.match(misspelt.stderr, /there is no device 52:54:00:00:00:11; did you mean 52:54:00:00:00:10 \(nas/);
  assert.match(misspelt.stderr, /no known device has the address 192\.168\.50\.99 now/);
  const approved = (await store.devices.list({ limit: 9 })).rows.filter((device) => device.approved);
  assert.deepEqual(
    approved.map((device) => device.mac),
    [phone],
  );
  const far = await command(folder.path, "name", "aa:bb:cc:dd:ee:ff", "x");
  assert.deepEqual([far.status, far.stderr.trim()], [1, "harbinger: there is no device aa:bb:cc:dd:ee:ff"]);
});

test("an address that two devices have names and approves none of them, and the host shows both", async () => {
  using folder = temporaryFolder();
  await using store = await storeWithDevices(folder.path);
  // It sorts before the MAC address of the device that had the address first.
  const intruder = mac("52:54:00:00:00:01");
  await store.devices.record({
    watch: "lan",
    at: Date.UTC(2026, 0, 2),
    present: [nas, intruder].map((device) => ({
      mac: device,
      address: parseAddress("192.168.50.10") ?? assert.fail(),
      link: "eth0",
    })),
    names: new Map([[intruder, []]]),
    vendors: new Map([[intruder, "Intruder Inc."]]),
    probed: [],
    policy: { goneAfter: 2, flapLimit: 4, flapWindowMs: 1000 },
    audiences: [],
  });
  await store.devices.setName(nas, "NAS");
  const refusal =
    "harbinger: 192.168.50.10 is used by two devices now: 52:54:00:00:00:01 (Intruder Inc.), " +
    "NAS (52:54:00:00:00:10, QEMU/KVM virtual machine); give the MAC address of the one you mean";
  for (const args of [["approve"], ["approve", "--revoke"], ["name"]]) {
    const refused = await command(folder.path, ...args, "192.168.50.10", ...(args[0] === "name" ? ["x"] : []));
    assert.deepEqual([refused.status, refused.stderr.trim()], [1, refusal], args.join(" "));
  }
  const unchanged = (await store.devices.list({ limit: 9 })).rows.map((each) => [each.name, each.approved]);
  assert.deepEqual(unchanged, [
    [undefined, false],
    [undefined, false],
    ["NAS", false],
  ]);
  const hosts = (...args: string[]) => harbinger(["hosts", "192.168.50.10", ...args], { directory: folder.path });
  const shown = (await hosts()).stdout;
  assert.match(shown, /^192\.168\.50\.10 is used by two devices now: 52:54:00:00:00:01, 52:54:00:00:00:10$/m);
  assert.match(shown, /^Device 52:54:00:00:00:01$[\s\S]*^Device 52:54:00:00:00:10$/m);
  await look(store, { at: Date.UTC(2026, 0, 2), sees: [sighting("192.168.50.10", 80)] });
  const json = JSON.parse((await hosts("--json")).stdout);
  const found = [json.device, json.deviceName, json.mac, json.devices.map((each: { mac: string }) => each.mac)];
  assert.deepEqual(found, [undefined, undefined, undefined, [intruder, nas]]);
});

test("wrong usage is reported with its remedy", async () => {
  using folder = temporaryFolder();
  await using _store = await storeWithDevices(folder.path);
  for (const [args, message] of [
    [["approve"], /no device given/],
    [["approve", "--all", "192.168.50.10"], /no device given/],
    [["name", "192.168.50.10"], /either a name or --clear/],
    [["name", "192.168.50.10", "x", "--clear"], /either a name or --clear/],
    [["name", "nas", "x"], /not a MAC address or IP address: nas/],
    [["--new", "soon"], /not a time: soon/],
    [["--address", "nas"], /not an IP address: nas/],
  ] as const) {
    const result = await command(folder.path, ...args);
    assert.equal(result.status, 2, args.join(" "));
    assert.match(result.stderr, message);
  }
});

test("devices are a table of 80 columns, including one that has only a link-local address", {
  skip: whyNoTerminal() ?? false,
}, async () => {
  using folder = temporaryFolder();
  await using store = await storeWithDevices(folder.path);
  const camera = mac("52:54:00:00:00:30");
  const seen = (host: string, device: Mac) => ({
    mac: device,
    address: parseAddress(host) ?? assert.fail(host),
    link: "eth0",
  });
  await store.devices.record({
    watch: "lan",
    at: Date.UTC(2026, 0, 2),
    present: [seen("fe80::5054:ff:fe00:30%eth0", camera), seen("fe80::5054:ff:fe00:10%eth0", nas)],
    names: new Map(),
    vendors: new Map(),
    probed: [],
    policy: { goneAfter: 2, flapLimit: 4, flapWindowMs: 1000 },
    audiences: [],
  });
  const launcher = launcherOf("harbinger");
  using terminal = onTerminal([process.execPath, launcher, "devices"], { directory: folder.path, columns: 80 });
  const { shown } = await terminal.ended;
  const lines = shown.trimEnd().split("\n");
  assert.match(lines[0] ?? "", /^ADDRESS +MAC +VENDOR +NAME +APPROVED +LAST SEEN$/);
  assert.equal(lines.length, 1 + 3, shown);
  assert.match(shown, /^fe80:\S+ff:fe00:30 +52:54:00:00:00:30 .*no +\S+$/m);
  assert.match(shown, /^192\.168\.50\.10(?: \+1)? +52:54:00:00:00:10 +QEMU\S*… /m);
  for (const line of lines) assert.ok(line.length <= 80, line);
});

test("hosts shows the MAC address and vendor of the device that has an address, if the scan saw none", async () => {
  using folder = temporaryFolder();
  await using store = await storeWithDevices(folder.path);
  await look(store, { at: Date.UTC(2026, 0, 1), ports: [80], sees: [sighting("192.168.50.10", 80)] });
  const { status, stdout } = await harbinger(["hosts"], { directory: folder.path });
  assert.equal(status, 0);
  assert.match(stdout, /^192\.168\.50\.10 +80 +present .* 52:54:00:00:00:10 QEMU/m);
});

test("hosts accepts the name of a device, and reports a name that no device has", async () => {
  using folder = temporaryFolder();
  await using store = await storeWithDevices(folder.path);
  await store.devices.setName(phone, "Annas-Phone.lan");
  for (const name of ["annas-phone", "Annas-Phone.lan", "192.168.50.20"]) {
    const { status, stdout } = await harbinger(["hosts", name], { directory: folder.path });
    assert.equal(status, 0);
    assert.match(stdout, /02:00:00:00:00:20/);
  }
  const unknown = await harbinger(["hosts", "printer"], { directory: folder.path });
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /^harbinger: not an IP address or the name of a known device or host: printer$/m);
  await store.devices.setName(nas, "annas-phone");
  const both = await harbinger(["hosts", "annas-phone"], { directory: folder.path });
  assert.match(both.stderr, /several hosts are called annas-phone: 192\.168\.50\.10, 192\.168\.50\.20/);
});
