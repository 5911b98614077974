import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, parseAddress } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import { type DeviceName, type DeviceRecord, type Mac, type Neighbour, parseMac } from "../../core/device.ts";
import type { DeviceStore, RecordedSurvey } from "../../core/device-store.ts";
import type { LinkSurvey, SurveyRequest } from "../../core/link-survey.ts";
import type { Log } from "../../core/log.ts";
import { type AddressRange, formatRange, parseRange } from "../../core/network.ts";
import { formatCursor, pageOf } from "../../core/page.ts";
import type { Watch } from "../../core/watch.ts";
import { DeviceFinder, type DeviceFinderOptions, type DeviceSearch } from "./device-finder.ts";

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

function mac(last: number): Mac {
  const parsed = parseMac(`52:54:00:00:00:${last.toString(16)}`);
  assert.ok(parsed !== undefined);
  return parsed;
}

function ranges(...texts: string[]): AddressRange[] {
  return texts.flatMap((text) => parseRange(text) ?? []);
}

function at(host: string, device: Mac, link = "eth0"): Neighbour {
  return { address: address(host), mac: device, link };
}

function watch(name: string, exclude: readonly string[] = []): Watch {
  return {
    name,
    label: name,
    ports: [22],
    recipients: [],
    scan: { engine: "connect", targets: [], exclude },
    devices: true,
    checks: [],
    goneAfter: 2,
    reportOn: "changes",
  };
}

function remembered(device: Mac, hosts: readonly string[], more: Partial<DeviceRecord> = {}): DeviceRecord {
  return {
    mac: device,
    names: [],
    approved: false,
    addresses: hosts.map((host) => ({ address: address(host), firstSeen: 0, lastSeen: 0, isCurrent: true })),
    firstSeen: 0,
    lastSeen: 0,
    state: "present",
    ...more,
  };
}

/** A network, a memory and a clock that tests can inspect. */
class Bench {
  time = 1_000_000_000_000;
  present: Neighbour[] = [];
  probed = ranges("192.168.50.0/24");
  notes: string[] = [];
  known: DeviceRecord[] = [];
  unnamed: Mac[] | "all" = "all";
  names = new Map<Mac, readonly DeviceName[]>();
  onSurvey: () => void = () => {};
  readonly surveys: SurveyRequest[] = [];
  readonly recorded: RecordedSurvey[] = [];
  readonly askedForNames: string[] = [];
  readonly logged: string[] = [];
  failRecord = false;
  readonly finder: DeviceFinder;

  constructor(more: Partial<DeviceFinderOptions> = {}) {
    const clock: Clock = { now: () => this.time, monotonic: () => this.time, sleep: async () => {} };
    const log: Log = { debug() {}, info: (text) => this.logged.push(text), warn() {}, error() {} };
    const devices: Partial<DeviceStore> = {
      list: async ({ limit, after }) => {
        const from = this.known.findIndex((each) => formatCursor([each.mac]) === after) + 1;
        const rows = this.known.slice(from, from + limit + 1);
        return pageOf(rows, limit, ({ mac }) => [mac]);
      },
      namesDue: async ({ macs }) => {
        const { unnamed } = this;
        return unnamed === "all" ? macs : macs.filter((each) => unnamed.includes(each));
      },
      record: async (survey) => {
        if (this.failRecord) throw new Error("disk full");
        this.recorded.push(survey);
        return { "device-new": 1 };
      },
    };
    this.finder = new DeviceFinder({
      surveyor: {
        survey: async (request): Promise<LinkSurvey> => {
          this.surveys.push(request);
          this.onSurvey();
          return { present: this.present, probed: this.probed, notes: this.notes };
        },
      },
      namer: {
        names: async (neighbours) => {
          this.askedForNames.push(...neighbours.map((each) => each.address));
          return this.names;
        },
      },
      vendorOf: (each) => (each === mac(1) ? "ACME" : undefined),
      // Only the methods that the finder uses; any other would throw.
      devices: devices as DeviceStore,
      links: () => [
        {
          name: "eth0",
          range: parseRange("192.168.50.0/24") ?? assert.fail(),
          address: address("192.168.50.1"),
          mac: mac(99),
        },
      ],
      scope: { allow: [], exclude: ranges("192.168.50.66", "fd00::66") },
      goneAfter: 3,
      clock,
      log,
      ...more,
    });
  }

  find(search: Partial<DeviceSearch> = {}, signal = new AbortController().signal) {
    return this.finder.find(
      {
        watch: watch("lan"),
        recordAs: "lan",
        audiences: [],
        coverage: { kind: "ranges", ranges: ranges("192.168.50.0/24"), ports: [22], except: [] },
        since: this.time - 1000,
        ...search,
      },
      signal,
    );
  }
}

function coverage(...texts: string[]) {
  return { kind: "ranges", ranges: ranges(...texts), ports: [22], except: [] } as const;
}

test("what a scan covered is surveyed and recorded, with names and vendors", async () => {
  const bench = new Bench();
  bench.present = [at("192.168.50.10", mac(1)), at("fe80::1%eth0", mac(1)), at("192.168.50.20", mac(2))];
  bench.names.set(mac(1), [{ name: "nas", source: "dns" }]);
  assert.deepEqual(await bench.find({ recordAs: "devices" }), { "device-new": 1 });
  assert.deepEqual(bench.surveys[0]?.ranges.map(formatRange), ["192.168.50.0-192.168.50.255"]);
  assert.equal(bench.surveys[0]?.since, bench.time - 1000);
  const [survey] = bench.recorded;
  assert.deepEqual([survey?.watch, survey?.scanWatch, survey?.at], ["devices", "lan", bench.time]);
  assert.deepEqual(survey?.present, bench.present);
  assert.deepEqual(
    [...(survey?.names ?? [])],
    [
      [mac(1), [{ name: "nas", source: "dns" }]],
      [mac(2), []],
    ],
  );
  assert.deepEqual([...(survey?.vendors ?? [])], [[mac(1), "ACME"]]);
  assert.deepEqual(survey?.policy, { goneAfter: 3, flapLimit: 4, flapWindowMs: 86_400_000 });
});

test("queries new devices, and those last queried long ago, for names; none outside the scope", async () => {
  const bench = new Bench();
  bench.present = [at("192.168.50.10", mac(1)), at("192.168.50.20", mac(2)), at("2001:db8::2", mac(2))];
  bench.unnamed = [mac(2)];
  await bench.find();
  assert.deepEqual(bench.askedForNames, ["192.168.50.20"]);
  assert.deepEqual([...(bench.recorded[0]?.names.keys() ?? [])], [mac(2)]);
  bench.unnamed = [];
  await bench.find();
  assert.deepEqual(bench.askedForNames, ["192.168.50.20"]);
});

test("no survey follows a command whose addresses are unknown", async () => {
  const bench = new Bench();
  assert.equal(await bench.find({ coverage: { kind: "all" } }), undefined);
  assert.equal(await bench.find({ coverage: { kind: "none" } }), undefined);
  assert.deepEqual(bench.surveys, []);
});

test("known devices are probed at their addresses, IPv6 as well, as far as they belong to the watch and are allowed", async () => {
  const bench = new Bench();
  bench.known = [
    remembered(mac(1), ["192.168.50.10", "fd00::10"]),
    remembered(mac(2), ["10.0.0.2", "fd00::2"]),
    remembered(mac(3), ["fd00::3", "2001:db8::3"]),
    remembered(mac(4), ["192.168.50.14"], { state: "gone" }),
    remembered(mac(5), ["fd00::66", "192.168.50.66", "192.168.50.77"], { lastSeen: 1 }),
  ];
  await bench.find({ watch: watch("lan", ["192.168.50.77", "some.name"]) });
  assert.deepEqual(bench.surveys[0]?.known, ["192.168.50.10", "fd00::10", "fd00::3"]);
  const isAllowed = bench.surveys[0]?.isAllowed ?? assert.fail();
  const tried = ["192.168.50.9", "192.168.50.66", "192.168.50.77", "fe80::1%eth0", "2001:db8::3"];
  assert.deepEqual(
    tried.map((text) => isAllowed(address(text))),
    [true, false, false, true, false],
  );
});

test("a watch of a few hosts does not report their neighbours", async () => {
  const bench = new Bench();
  bench.known = [remembered(mac(4), ["192.168.50.11"])];
  bench.present = [
    at("192.168.50.10", mac(1)),
    at("fe80::2%eth0", mac(2)),
    at("192.168.50.77", mac(3)),
    at("fe80::4%eth0", mac(4)),
  ];
  await bench.find({ coverage: coverage("192.168.50.10-19") });
  assert.deepEqual(
    bench.recorded[0]?.present.map(({ mac }) => mac),
    [mac(1), mac(4)],
  );
  await bench.find({ watch: watch("whole"), coverage: coverage("192.168.50.20-255") });
  assert.deepEqual(
    bench.recorded[1]?.present.map(({ mac }) => mac),
    [mac(2), mac(3), mac(4)],
    "one without IPv4 belongs to whoever watches most of the network",
  );
});

test("watches of one network share a survey, also while it runs; the same watch surveys again", async () => {
  const bench = new Bench();
  bench.known = [remembered(mac(3), ["fd00::3"])];
  bench.probed = ranges("192.168.50.0/24", "fd00::3");
  const [first, second] = await Promise.all([bench.find(), bench.find({ watch: watch("other") })]);
  assert.deepEqual([first, second], [{ "device-new": 1 }, undefined]);
  await bench.find({ watch: watch("wide"), coverage: coverage("192.168.50.0-192.168.51.255") });
  assert.deepEqual(bench.surveys[1]?.ranges.map(formatRange), ["192.168.51.0-192.168.51.255"]);
  assert.deepEqual(bench.surveys[1]?.known, [], "it was probed a moment ago");
  bench.time += 60_000;
  assert.notEqual(await bench.find(), undefined);
  bench.time += 11 * 60_000;
  assert.notEqual(await bench.find({ watch: watch("other") }), undefined);
});

test("what could not be stored is surveyed again by the next watch", async () => {
  const bench = new Bench();
  bench.failRecord = true;
  await assert.rejects(bench.find(), /disk full/);
  bench.failRecord = false;
  assert.notEqual(await bench.find({ watch: watch("other") }), undefined);
});

test("an aborted survey records nothing, and no device is missed", async () => {
  const bench = new Bench();
  const stop = new AbortController();
  bench.onSurvey = () => stop.abort();
  assert.equal(await bench.find({}, stop.signal), undefined);
  assert.deepEqual([bench.surveys.length, bench.recorded.length], [1, 0]);
  assert.equal(await bench.find({}, stop.signal), undefined);
  assert.equal(bench.surveys.length, 1);
});

test("a note is logged once", async () => {
  const bench = new Bench();
  bench.notes = ["no permission to send ARP requests"];
  await bench.find();
  await bench.find();
  assert.deepEqual(bench.logged, ["no permission to send ARP requests"]);
});
