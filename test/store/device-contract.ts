import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type DeviceName, type DeviceRecord, type Mac, type Neighbour, parseMac } from "../../src/core/device.ts";
import {
  type DeviceNews,
  type DeviceQuery,
  devicesAt,
  maxAddresses,
  maxDevices,
  type RecordedSurvey,
} from "../../src/core/device-store.ts";
import { parseRange } from "../../src/core/network.ts";
import { pagesOf } from "../../src/core/page.ts";
import type { Store } from "../../src/core/store.ts";
import { address, archive, hour, look, minute, operators, policy, send, sighting, start } from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

function mac(last: number, prefix = "52:54:00:00"): Mac {
  const parsed = parseMac(`${prefix}:${(last >> 8).toString(16)}:${(last & 255).toString(16)}`);
  if (parsed === undefined) throw new Error("not a MAC address");
  return parsed;
}

const [nas, phone, printer, router] = [mac(1), mac(2), mac(3), mac(4)];

function at(host: string, device: Mac, more: Partial<Neighbour> = {}): Neighbour {
  return { address: address(host), mac: device, link: "eth0", ...more };
}

interface Survey extends Partial<Omit<RecordedSurvey, "present" | "probed" | "names">> {
  readonly at: number;
  readonly present: readonly Neighbour[];
  readonly probed?: readonly string[];
  readonly names?: readonly (readonly [Mac, readonly DeviceName[]])[];
}

const goneAfter2 = { ...policy, goneAfter: 2 };

function survey(store: Store, { probed = ["192.168.50.0/24"], names = [], ...more }: Survey): Promise<DeviceNews> {
  return store.devices.record({
    watch: "lan",
    names: new Map(names),
    vendors: new Map(),
    policy: goneAfter2,
    audiences: [operators],
    probed: probed.flatMap((text) => parseRange(text) ?? []),
    ...more,
  });
}

/** `kind mac` of all that was announced since, or `kind mac: detail`; then everything counts as reported. */
async function announcedSince(store: Store, time: number): Promise<readonly string[]> {
  const { deliveryId } = await store.deliveries.gather(operators, time);
  const discoveries = await store.deliveries.announced({ deliveryId, limit: 1000, offset: 0 });
  if (discoveries.length === 0) await store.deliveries.discard(deliveryId);
  else {
    const sent = await send(store, operators, `told-${time}`, time);
    await store.deliveries.recordOutcome(sent, { kind: "delivered" }, { at: time });
  }
  return discoveries.map(
    ({ kind, device, detail }) => `${kind} ${device?.mac}${detail === undefined ? "" : `: ${detail}`}`,
  );
}

async function current(store: Store, device: Mac): Promise<readonly string[]> {
  const all = (await store.devices.list({ limit: maxDevices })).rows;
  const found = all.find((each) => each.mac === device);
  return found?.addresses.filter(({ isCurrent }) => isCurrent).map(({ address }) => address) ?? [];
}

function macsOf(devices: readonly DeviceRecord[]): readonly Mac[] {
  return devices.map((device) => device.mac);
}

async function urgentClaims(store: Store): Promise<number> {
  const query = { since: 0, unacknowledgedSince: 0, limit: 9, maxFirstScans: 9 };
  return (await store.discoveries.digest({ ...query, urgentKinds: ["address-moved"] })).urgent.count;
}

async function stateOf(store: Store, device: Mac): Promise<string | undefined> {
  return (await store.devices.list({ limit: maxDevices })).rows.find((each) => each.mac === device)?.state;
}

const both = [at("192.168.50.10", nas), at("192.168.50.20", phone)];

/** The devices on the network, and which changes are discoveries. */
export function deviceContract(kind: StoreKind): void {
  const t = (name: string, body: Parameters<typeof withStore>[1]) => test(name, withStore(kind, body));

  describe("devices", () => {
    for (const order of ["ascending", "descending"] as const)
      t(`are listed by name, vendor and times, ${order}, in pages`, async (store) => {
        const present = (last: number, device: Mac) => [at(`192.168.50.${last}`, device)];
        const named = (device: Mac, name: string) => [[device, [{ name, source: "dns" }]]] as const;
        const names = [...named(phone, "zeta"), ...named(printer, "Alpha"), [router, []] as const];
        const vendors = new Map([
          [nas, "apple"],
          [printer, "Brother"],
          [router, "AVM"],
        ]);
        await survey(store, { at: start, present: present(1, nas), vendors, names: [[nas, []]] });
        await survey(store, { at: start + minute, present: present(2, phone), names });
        await survey(store, {
          at: start + hour,
          present: [...present(3, printer), ...present(4, router), ...present(1, nas)],
          names,
          vendors,
        });
        await store.devices.setName(nas, "beta");
        const listed = async (sort: DeviceQuery["sort"]) => {
          const pages = pagesOf((after) => store.devices.list({ limit: 1, after, order, sort }));
          return (await Array.fromAsync(pages)).flat().map((device) => device.mac);
        };
        const turned = (values: readonly Mac[]) => (order === "ascending" ? values : values.toReversed());
        assert.deepEqual(await listed("mac"), turned([nas, phone, printer, router]));
        assert.deepEqual(await listed("name"), turned([printer, nas, phone, router]), "without a name last");
        assert.deepEqual(await listed("vendor"), turned([nas, router, printer, phone]));
        assert.deepEqual(await listed("firstSeen"), turned([nas, phone, printer, router]));
        assert.deepEqual(await listed("lastSeen"), turned([phone, nas, printer, router]));
        const { next } = await store.devices.list({ limit: 1, sort: "name" });
        await assert.rejects(store.devices.list({ limit: 1, sort: "lastSeen", after: next }), /cursor/);
        await assert.rejects(store.devices.list({ limit: 1, after: next }), /cursor/);
      });

    t("are new once, each with all of its addresses", async (store) => {
      const present = [
        at("192.168.50.10", nas),
        at("fe80::10%eth0", nas),
        at("192.168.50.2", nas),
        at("192.168.50.20", phone),
      ];
      assert.deepEqual(await survey(store, { at: start, present }), { "device-new": 2 });
      assert.deepEqual(await survey(store, { at: start + 1, present }), {});
      assert.deepEqual(await announcedSince(store, start + 2), [`device-new ${nas}`, `device-new ${phone}`]);
      assert.deepEqual(await current(store, nas), ["192.168.50.2", "192.168.50.10", "fe80::10%eth0"]);
      const [first] = (await store.devices.list({ limit: 1 })).rows;
      assert.deepEqual(
        { ...first, addresses: [] },
        {
          mac: nas,
          name: undefined,
          names: [],
          vendor: undefined,
          approved: false,
          addresses: [],
          firstSeen: start,
          lastSeen: start + 1,
          state: "present",
        },
      );
      assert.deepEqual(first?.addresses[0], {
        address: "192.168.50.2",
        firstSeen: start,
        lastSeen: start + 1,
        isCurrent: true,
      });
    });

    t(
      "of the first survey of a network are marked as such; a second watch of it gets no first survey",
      async (store) => {
        const firsts = async () =>
          (await store.discoveries.list({ limit: 9 })).rows.map(({ device, firstScan, watch }) => [
            device?.mac,
            watch,
            firstScan,
          ]);
        await survey(store, { at: start, present: [...both, at("192.168.50.30", printer)] });
        assert.deepEqual(
          await firsts(),
          [printer, phone, nas].map((each) => [each, "lan", true]),
        );
        await survey(store, {
          at: start + 1,
          watch: "other",
          present: [at("192.168.50.10", nas), at("192.168.50.9", mac(9))],
        });
        assert.deepEqual((await firsts())[0], [mac(9), "other", false]);
        await survey(store, { at: start + 2, probed: [], present: [...both, at("192.168.50.8", mac(8))] });
        assert.deepEqual((await firsts())[0], [mac(8), "lan", false]);
        await survey(store, {
          at: start + 3,
          watch: "elsewhere",
          // One of those devices is known from the other network.
          present: [at("10.0.0.20", phone), at("10.0.0.1", mac(7))],
          probed: ["10.0.0.0/24"],
        });
        assert.deepEqual((await firsts())[0], [mac(7), "elsewhere", true]);
      },
    );

    t("are gone after a number of surveys that probed for them, and return", async (store) => {
      await survey(store, { at: start, present: both });
      await announcedSince(store, start);
      assert.deepEqual(await survey(store, { at: start + 1, present: both.slice(0, 1) }), {});
      assert.deepEqual(await survey(store, { at: start + 2, present: both.slice(0, 1) }), { "device-gone": 1 });
      assert.deepEqual(await survey(store, { at: start + 3, present: both.slice(0, 1) }), {});
      assert.equal(await stateOf(store, phone), "gone");
      assert.deepEqual(await survey(store, { at: start + hour * 2, present: both }), { "device-returned": 1 });
      assert.deepEqual(await announcedSince(store, start + hour * 3), [
        `device-gone ${phone}`,
        `device-returned ${phone}`,
      ]);
      const [returned] = (await store.discoveries.list({ limit: 1 })).rows;
      assert.deepEqual([returned?.firstSeen, returned?.lastSeen], [start, start]);
    });

    t("that were not probed for are not missed", async (store) => {
      await survey(store, { at: start, present: [...both, at("fd00::20", phone)] });
      const rest = both.slice(0, 1);
      for (let index = 1; index < 6; index++) {
        await survey(store, { at: start + index, present: rest, probed: ["192.168.50.0-19"] });
        await survey(store, { at: start + index, present: rest, probed: [] });
        // A silent IPv6 address does not mean that a device found by IPv4 is absent.
        await survey(store, { at: start + index, present: rest, probed: ["fd00::20"] });
      }
      assert.equal(await stateOf(store, phone), "present");
    });

    t("that answer at any of their addresses are present", async (store) => {
      await survey(store, { at: start, present: [...both, at("fd00::20", phone)] });
      for (let index = 1; index < 4; index++) {
        await survey(store, { at: start + index, present: [both[0] ?? at("", nas), at("fd00::20", phone)] });
      }
      assert.equal(await stateOf(store, phone), "present");
      assert.deepEqual(await current(store, phone), ["fd00::20"]);
    });

    t("that come and go are reported once as flapping", async (store) => {
      await survey(store, { at: start, present: both });
      await announcedSince(store, start);
      const quick = { ...policy, goneAfter: 1 };
      for (let index = 1; index <= 8; index++) {
        await survey(store, {
          at: start + index * minute,
          present: both.slice(0, 1 + ((index + 1) % 2)),
          policy: quick,
        });
      }
      const quiet = "it comes and goes: further changes stay quiet until it settles";
      assert.deepEqual(await announcedSince(store, start + hour), [
        `device-gone ${phone}`,
        `device-returned ${phone}`,
        `device-gone ${phone}`,
        `device-returned ${phone}: ${quiet}`,
      ]);
      assert.equal(await stateOf(store, phone), "flapping");
    });
  });

  describe("addresses of devices", () => {
    t("change, which is reported for IPv4 only", async (store) => {
      await survey(store, { at: start, present: [...both, at("fd00::a", phone)] });
      await announcedSince(store, start);
      const moved = [at("192.168.50.10", nas), at("192.168.50.31", phone), at("fd00::b", phone)];
      await survey(store, { at: start + 1, present: moved });
      await survey(store, { at: start + 2, present: moved });
      assert.deepEqual(await announcedSince(store, start + 2), [
        `device-address-changed ${phone}: 192.168.50.20 -> 192.168.50.31`,
      ]);
      assert.deepEqual(await current(store, phone), ["192.168.50.31", "fd00::a", "fd00::b"]);
    });

    t("that missed one survey return without a report, and new ones are reported", async (store) => {
      const two = [at("192.168.50.10", nas), at("192.168.50.11", nas)];
      await survey(store, { at: start, present: two });
      await announcedSince(store, start);
      await survey(store, { at: start + 1, present: two.slice(0, 1) });
      await survey(store, { at: start + 2, present: two });
      assert.deepEqual(await announcedSince(store, start + 2), []);
      await survey(store, { at: start + 3, present: [...two, at("192.168.50.12", nas)] });
      assert.deepEqual(await announcedSince(store, start + 3), [
        `device-address-changed ${nas}: 192.168.50.12 besides 192.168.50.10, 192.168.50.11`,
      ]);
    });

    t("of a router are not reported, however many it answers for, and are bounded", async (store) => {
      const answering = (first: number, count: number) =>
        Array.from({ length: count }, (_, index) => at(`192.168.50.${first + index}`, router));
      await survey(store, { at: start, present: answering(1, 1) });
      await announcedSince(store, start);
      await survey(store, { at: start + 1, present: answering(1, 100) });
      await survey(store, { at: start + 2, present: answering(1, 150) });
      assert.deepEqual(await announcedSince(store, start + 2), []);
      assert.equal((await current(store, router)).length, maxAddresses);
      assert.equal((await current(store, router))[0], "192.168.50.1");
      await survey(store, {
        at: start,
        watch: "b",
        present: [at("10.0.0.1", printer, { isRouter: true })],
        probed: ["10.0.0.0/24"],
      });
      await survey(store, {
        at: start,
        watch: "b",
        present: [at("10.0.0.2", printer, { isRouter: true })],
        probed: ["10.0.0.0/24"],
      });
      assert.deepEqual(await announcedSince(store, start + 3), [`device-new ${printer}`]);
    });

    t("move to a new device if the old one is absent: a replaced host", async (store) => {
      await survey(store, { at: start, present: both, names: [[phone, [{ name: "pixel", source: "mdns" }]]] });
      await announcedSince(store, start);
      const replaced = [at("192.168.50.10", nas), at("192.168.50.20", printer)];
      await survey(store, { at: start + 1, present: replaced });
      assert.deepEqual(await announcedSince(store, start + 1), [
        `device-new ${printer}: 192.168.50.20 was pixel (${phone}) before`,
      ]);
      assert.deepEqual(await current(store, phone), []);
      assert.deepEqual(
        (await store.devices.list({ address: address("192.168.50.20"), limit: 9 })).rows.map(({ mac }) => mac),
        [printer, phone],
      );
      const only = async (query: Omit<DeviceQuery, "limit">) =>
        (await store.devices.list({ ...query, limit: 9 })).rows.map(({ mac }) => mac);
      assert.deepEqual(await only({ mac: phone }), [phone]);
      assert.deepEqual(await only({ mac: phone, address: address("192.168.50.20") }), [phone]);
      assert.deepEqual(await only({ mac: nas, address: address("192.168.50.20") }), []);
      const since = start + 1;
      assert.deepEqual(await only({ since }), [printer]);
      assert.deepEqual(await only({ since, address: address("192.168.50.20") }), [printer]);
      assert.equal((await only({ present: true })).includes(printer), true);
      assert.deepEqual(await only({ present: false }), []);
      await store.devices.setApproved(phone, true);
      assert.deepEqual(await only({ approved: true }), [phone]);
      assert.deepEqual(await only({ approved: false, since }), [printer]);
      assert.deepEqual(await only({ vendor: "nobody" }), []);
      // The old owner of the address is missed if it was probed, although another device answers.
      assert.deepEqual(await survey(store, { at: start + 2, present: replaced }), { "device-gone": 1 });
    });

    t("are reported if a device that had lost its own address has another one", async (store) => {
      await survey(store, { at: start, present: [...both, at("fd00::20", phone)] });
      await announcedSince(store, start);
      // Another device has its address, and it answers only by IPv6 for a while.
      const taken = [at("192.168.50.10", nas), at("192.168.50.20", printer)];
      await survey(store, { at: start + 1, present: taken });
      await survey(store, { at: start + 2, present: [...taken, at("fd00::20", phone)] });
      await survey(store, { at: start + 3, present: [...taken, at("192.168.50.21", phone)] });
      assert.deepEqual(await announcedSince(store, start + 3), [
        `device-address-changed ${phone}: 192.168.50.20 -> 192.168.50.21`,
        `device-new ${printer}: 192.168.50.20 was ${phone} before`,
      ]);
    });

    t("say whose they were where another device has them now", async (store) => {
      await survey(store, { at: start, present: both });
      await store.devices.setName(nas, "NAS");
      await announcedSince(store, start);
      await survey(store, { at: start + 1, present: [at("192.168.50.10", phone)] });
      assert.deepEqual(await announcedSince(store, start + 1), [
        `device-address-changed ${phone}: 192.168.50.20 -> 192.168.50.10; 192.168.50.10 was NAS (${nas}) before`,
      ]);
    });

    t("that move from a device that is still present are reported with both names", async (store) => {
      await survey(store, { at: start, present: [...both, at("192.168.50.21", phone)] });
      await store.devices.setName(phone, "Anna's phone");
      await announcedSince(store, start);
      const taken = [at("192.168.50.10", nas), at("192.168.50.20", nas), at("192.168.50.21", phone)];
      assert.deepEqual(await survey(store, { at: start + 1, present: taken, probed: [] }), {
        "device-address-changed": 1,
        "address-moved": 1,
      });
      assert.deepEqual(await announcedSince(store, start + 1), [
        `device-address-changed ${nas}: 192.168.50.20 besides 192.168.50.10`,
        `address-moved ${nas}: 192.168.50.20 went from Anna's phone (${phone}), which is still there, to ${nas}`,
      ]);
      await survey(store, { at: start + 2, present: taken, probed: [] });
      assert.deepEqual(await announcedSince(store, start + 2), []);
    });

    t("are found by the discoveries about them, whoever has them later", async (store) => {
      await survey(store, { at: start, present: both });
      const claimed = [...both, at("192.168.50.10", printer), at("192.168.50.21", phone)];
      await survey(store, { at: start + 1, present: claimed });
      // The printer is gone again, and its claim with it.
      await survey(store, { at: start + 2, present: both });
      const found = async (host: string) =>
        (await store.discoveries.list({ address: address(host), limit: 9 })).rows.map(
          ({ kind, device, addresses }) => `${kind} ${device?.mac}: ${addresses?.join(", ")}`,
        );
      assert.deepEqual(await found("192.168.50.10"), [
        `address-moved ${printer}: 192.168.50.10`,
        `device-new ${printer}: 192.168.50.10`,
        `device-new ${nas}: 192.168.50.10`,
      ]);
      assert.deepEqual(await found("192.168.50.21"), [`device-address-changed ${phone}: 192.168.50.21`]);
    });

    t("that two devices claim are reported once, all of the same two together", async (store) => {
      await survey(store, { at: start, present: both });
      await announcedSince(store, start);
      const claimed = [...both, at("192.168.50.10", printer), at("192.168.50.20", printer)];
      await survey(store, { at: start + 1, present: claimed });
      await survey(store, { at: start + 2, present: claimed });
      await survey(store, { at: start + 3, present: both });
      await survey(store, { at: start + 4, present: claimed });
      assert.deepEqual(await announcedSince(store, start + 4), [
        `device-new ${printer}`,
        `address-moved ${printer}: 192.168.50.10 is used by two devices: ${nas} and ${printer}`,
        `address-moved ${printer}: 192.168.50.20 is used by two devices: ${phone} and ${printer}`,
      ]);
    });

    t("that two devices have are nobody's: no list takes one of them", async (store) => {
      await look(store, { at: start, sees: [sighting("192.168.50.7"), sighting("192.168.50.20")] });
      const met = [at("192.168.50.7", nas), at("192.168.50.20", phone)];
      await survey(store, { at: start, present: met });
      await store.devices.setApproved(nas, true);
      const hosts = async (query: object = {}) => {
        const { rows } = await store.services.hosts({ limit: 9, detailed: true, ...query });
        return rows.map((row) => [row.address, row.device?.mac, row.sharedBy?.map((each) => each.mac)]);
      };
      const groups = async () =>
        (await store.services.groups({ rows: "hosts", by: "device", limit: 9 })).rows.map(({ key }) => key);
      const others = ["192.168.50.20", phone, undefined];
      assert.deepEqual(await hosts({ approved: true }), [["192.168.50.7", nas, undefined]]);
      assert.deepEqual(await groups(), [nas, phone]);
      // The other MAC address sorts before that of the approved device.
      const intruder = mac(0);
      await survey(store, { at: start + 1, present: [...met, at("192.168.50.7", intruder)] });
      await store.devices.setApproved(intruder, true);
      const shared = ["192.168.50.7", undefined, [intruder, nas]];
      assert.deepEqual(await hosts({ approved: true }), []);
      assert.deepEqual(await hosts({ approved: false }), [shared, others]);
      assert.deepEqual(await hosts({ mac: nas }), [shared]);
      assert.deepEqual(await groups(), [phone, undefined]);
      assert.deepEqual(await devicesAt(store.devices, address("192.168.50.7")).then(macsOf), [intruder, nas]);
      const [service] = (await store.services.list({ address: address("192.168.50.7"), limit: 9, detailed: true }))
        .rows;
      assert.deepEqual([service?.device, service?.sharedBy?.length], [undefined, 2]);
      const [ofHost] = (await store.discoveries.list({ kinds: ["new"], address: address("192.168.50.7"), limit: 9 }))
        .rows;
      assert.deepEqual([ofHost?.kind, ofHost?.device], ["new", undefined]);
      await survey(store, { at: start + 2, present: met });
      assert.deepEqual(await hosts({ approved: true }), [["192.168.50.7", nas, undefined]]);
    });

    t("that two devices use are over when one of them left, and reported again unless that repeats", async (store) => {
      await survey(store, { at: start, present: [at("192.168.50.7", nas), at("192.168.50.20", phone)] });
      await announcedSince(store, start);
      const shared = [at("192.168.50.7", nas), at("192.168.50.7", phone), at("192.168.50.20", phone)];
      const alone = [at("192.168.50.7", nas), at("192.168.50.20", phone)];
      const claims = async () => {
        const { rows } = await store.discoveries.list({ kinds: ["address-moved"], limit: 9, order: "ascending" });
        return rows.map(({ detail, ended }) => [detail, ended]);
      };
      const used = (verb: string) => `192.168.50.7 ${verb} used by two devices: ${nas} and ${phone}`;
      const news = [`address-moved ${phone}: ${used("is")}`];
      const over = (time: number) => [used("was"), { by: "no-conflict", at: time }];
      const ofPair = (lines: readonly string[]) => lines.filter((line) => line.startsWith("address-moved"));
      await survey(store, { at: start + 1, present: shared });
      assert.deepEqual(ofPair(await announcedSince(store, start + 1)), news);
      // Only missed, it has not left; nor does the conflict begin again.
      await survey(store, { at: start + 2, present: [at("192.168.50.7", phone), at("192.168.50.20", phone)] });
      assert.deepEqual(await claims(), [[used("is"), undefined]]);
      await survey(store, { at: start + 3, present: shared });
      assert.deepEqual(await claims(), [[used("is"), undefined]]);
      assert.equal(await urgentClaims(store), 1);
      await survey(store, { at: start + 4, present: alone });
      assert.deepEqual(await claims(), [over(start + 4)]);
      assert.equal(await urgentClaims(store), 0);
      const ended = (await store.discoveries.list({ ended: true, limit: 9 })).rows.map(({ kind }) => kind);
      assert.deepEqual(ended, ["address-moved"]);
      await survey(store, { at: start + 5, present: shared });
      assert.deepEqual(ofPair(await announcedSince(store, start + 5)), news);
      await survey(store, { at: start + 6, present: alone });
      await survey(store, { at: start + 7, present: shared });
      assert.deepEqual(ofPair(await announcedSince(store, start + 7)), []);
      const quiet = `${used("is")}; not reported again: it comes and goes`;
      assert.deepEqual(await claims(), [over(start + 4), over(start + 6), [quiet, undefined]]);
      // Over where a device is gone, too.
      await survey(store, { at: start + 8, present: [at("192.168.50.7", nas)] });
      await survey(store, { at: start + 9, present: [at("192.168.50.7", nas)] });
      assert.deepEqual((await claims()).at(-1)?.[1], { by: "no-conflict", at: start + 9 });
      // After a day without one it is news again.
      const later = start + 9 + policy.flapWindowMs;
      await survey(store, { at: later, present: shared });
      assert.deepEqual(ofPair(await announcedSince(store, later)), news);
    });

    t(
      "that went to another device are over when it has them no more, or the first one is gone or has another",
      async (store) => {
        const before = [at("192.168.50.7", nas), at("fd00::1", nas), at("192.168.50.20", phone)];
        const moved = [at("192.168.50.7", phone), at("fd00::1", nas), at("192.168.50.20", phone)];
        const last = async () => {
          const { rows } = await store.discoveries.list({ kinds: ["address-moved"], limit: 1 });
          return [rows[0]?.detail?.split(" ").slice(1, 4).join(" "), rows[0]?.ended?.at];
        };
        await survey(store, { at: start, present: before });
        await survey(store, { at: start + 1, present: moved });
        assert.deepEqual(await last(), [`went from ${nas},`, undefined]);
        await survey(store, { at: start + 2, present: [...moved, at("192.168.50.9", nas)] });
        assert.deepEqual(await last(), [`went from ${nas},`, start + 2]);
        const day = policy.flapWindowMs;
        await survey(store, { at: start + day, present: before });
        await survey(store, { at: start + 3 * day, present: before });
        await survey(store, { at: start + 3 * day + 1, present: moved });
        await survey(store, { at: start + 3 * day + 2, present: before });
        const { rows } = await store.discoveries.list({ kinds: ["address-moved"], limit: 9, order: "ascending" });
        assert.deepEqual(
          rows.slice(-2).map(({ detail, ended }) => [detail?.split(" ")[3], ended?.at]),
          [
            [`${nas},`, start + 3 * day + 2],
            // Back where it was: recorded, and nothing to look at.
            [`${phone},`, start + 3 * day + 2],
          ],
        );
        assert.match(rows.at(-1)?.detail ?? "", /; not reported: it had it before$/);
        await survey(store, { at: start + 3 * day + 3, present: moved });
        assert.match(
          (await store.discoveries.list({ kinds: ["address-moved"], limit: 1 })).rows[0]?.detail ?? "",
          /not reported again/,
        );
        assert.equal((await last())[1], undefined);
      },
    );

    t("that two devices claim in the first survey are reported too", async (store) => {
      await survey(store, { at: start, present: [at("192.168.50.7", nas), at("192.168.50.7", phone)] });
      assert.deepEqual(await announcedSince(store, start), [
        `device-new ${nas}`,
        `device-new ${phone}`,
        `address-moved ${phone}: 192.168.50.7 is used by two devices: ${nas} and ${phone}`,
      ]);
    });
  });

  describe("names of devices", () => {
    t("are stored by source, made safe, and looked up again after a while", async (store) => {
      const names: DeviceName[] = [
        { name: "nas.local", source: "mdns" },
        { name: "nas\u001b.lan", source: "dns" },
      ];
      assert.deepEqual(await store.devices.namesDue({ macs: [nas, phone], namedBefore: start, now: start + hour }), [
        nas,
        phone,
      ]);
      await survey(store, {
        at: start,
        present: both,
        names: [
          [nas, names],
          [phone, []],
        ],
        vendors: new Map([[nas, "ACME\u0007"]]),
      });
      assert.deepEqual(
        await store.devices.namesDue({ macs: [nas, printer, phone], namedBefore: start, now: start + hour }),
        [printer],
      );
      assert.deepEqual(await store.devices.namesDue({ macs: [nas], namedBefore: start + 1, now: start + hour }), [nas]);
      // Queried while the clock was ahead.
      assert.deepEqual(await store.devices.namesDue({ macs: [nas], namedBefore: 0, now: start - hour }), [nas]);
      await survey(store, { at: start + 1, present: both, names: [[nas, [{ name: "store.lan", source: "dns" }]]] });
      const [first] = (await store.devices.list({ limit: 1 })).rows;
      assert.deepEqual(first?.names, [
        { name: "store.lan", source: "dns" },
        { name: "nas.local", source: "mdns" },
      ]);
      assert.equal(first.vendor, "ACME.");
    });

    t("given by the owner come first, and so does approval; both need a known device", async (store) => {
      assert.equal(await store.devices.setName(nas, "NAS"), false);
      assert.equal(await store.devices.setApproved(nas, true), false);
      await survey(store, { at: start, present: both, names: [[nas, [{ name: "box", source: "dns" }]]] });
      const brief = async () => (await store.discoveries.list({ limit: 2 })).rows[1]?.device;
      const base = { isThere: true, mac: nas, vendor: undefined, randomised: false, addresses: ["192.168.50.10"] };
      assert.deepEqual(await brief(), { ...base, name: "box", approved: false });
      assert.equal(await store.devices.setName(nas, "  My\nNAS "), true);
      assert.equal(await store.devices.setApproved(nas, true), true);
      assert.deepEqual(await brief(), { ...base, name: "My NAS", approved: true });
      await store.devices.setName(nas, undefined);
      await store.devices.setApproved(nas, false);
      await survey(store, { at: start + 1, present: both });
      assert.deepEqual(await brief(), { ...base, name: "box", approved: false });
    });
  });

  describe("discoveries and devices", () => {
    t("of services name the device that has the address now", async (store) => {
      await look(store, {
        at: start,
        sees: [sighting("192.168.50.10"), sighting("fd00::10"), sighting("192.168.50.99")],
      });
      await survey(store, { at: start, present: [at("192.168.50.10", nas), at("fd00::10", nas)] });
      const { deliveryId } = await store.deliveries.gather(operators, start);
      const announced = await store.deliveries.announced({ deliveryId, limit: 9, offset: 0 });
      assert.deepEqual(
        announced.map(({ watch, kind, address, device }) => [watch, kind, address, device?.mac]),
        [
          ["ssh", "new", "192.168.50.10", nas],
          ["ssh", "new", "192.168.50.99", undefined],
          ["ssh", "new", "fd00::10", nas],
          ["lan", "device-new", undefined, nas],
        ],
      );
      const of = (await store.discoveries.list({ address: address("192.168.50.10"), limit: 9 })).rows;
      assert.deepEqual(
        of.map(({ kind }) => kind),
        ["device-new", "new"],
      );
    });

    t("of services that are gone name the device that left the address, where it is now", async (store) => {
      const [nasAt, phoneAt, moved] = ["192.168.50.10", "192.168.50.20", "192.168.50.11"];
      const day = 24 * hour;
      await look(store, { at: start, sees: [nasAt, phoneAt, "192.168.50.99"].map((each) => sighting(each)) });
      await survey(store, { at: start + 1, present: [at(nasAt, nas), at(phoneAt, phone)] });
      await look(store, { at: start + day, sees: [] });
      const gone = async () => {
        const { rows } = await store.discoveries.list({ kinds: ["gone"], limit: 9 });
        return rows
          .map(({ address: from, device, movedDevice: to }) => `${from} ${device?.mac} ${to?.mac} ${to?.addresses}`)
          .toSorted();
      };
      const nobody = "192.168.50.99 undefined undefined undefined";
      assert.deepEqual(await gone(), [
        `${nasAt} ${nas} undefined undefined`,
        `${phoneAt} ${phone} undefined undefined`,
        nobody,
      ]);
      // The phone is away, and the other one has moved.
      for (const later of [1, 2]) await survey(store, { at: start + day + later, present: [at(moved, nas)] });
      assert.deepEqual(await gone(), [
        `${nasAt} undefined ${nas} ${moved}`,
        `${phoneAt} ${phone} undefined undefined`,
        nobody,
      ]);
      await survey(store, { at: start + day + 3, present: [at(moved, nas), at(nasAt, printer)] });
      assert.equal((await gone())[0], `${nasAt} ${printer} undefined undefined`, "another device has the address");
    });

    t("of a watch follow its services, by MAC address", async (store) => {
      await survey(store, { at: start, watch: "ssh", present: [at("192.168.50.20", phone), at("192.168.50.10", nas)] });
      await look(store, { at: start + 1, sees: [sighting("192.168.50.10")] });
      const { deliveryId } = await store.deliveries.gather(operators, start + 1);
      const announced = await store.deliveries.announced({ deliveryId, limit: 9, offset: 0 });
      assert.deepEqual(
        announced.map(({ kind, device }) => `${kind} ${device?.mac}`),
        [`new ${nas}`, `device-new ${nas}`, `device-new ${phone}`],
      );
      assert.deepEqual(await store.deliveries.tally(deliveryId), [
        { watch: "ssh", kind: "device-new", count: 2 },
        { watch: "ssh", kind: "new", count: 1 },
      ]);
    });

    t("of new services contain whether the host was known", async (store) => {
      const known = async () => {
        const found = (await store.discoveries.list({ limit: 4 })).rows;
        return found.map(({ address, port, isKnownHost }) => `${address} ${port} ${isKnownHost}`).sort();
      };
      const ports = [22, 80];
      await look(store, { at: start, ports, sees: [sighting("10.0.0.1"), sighting("fd00::1")] });
      assert.deepEqual(await known(), ["10.0.0.1 22 false", "fd00::1 22 false"]);
      const sees = ["10.0.0.1", "10.0.0.2", "fd00::1", "fd00::2"].flatMap((host) => sighting(host, 80));
      await look(store, { at: start + 1, ports, sees: [...sees, sighting("10.0.0.1"), sighting("fd00::1")] });
      assert.deepEqual(await known(), ["10.0.0.1 80 true", "10.0.0.2 80 false", "fd00::1 80 true", "fd00::2 80 false"]);
      await look(store, { at: start + 2, watch: "web", ports: [443], sees: [sighting("10.0.0.1", 443)] });
      assert.ok((await known()).includes("10.0.0.1 443 true"), "whichever watch met it");
    });

    t("are pruned when they are reported and old, without a later scan", async (store) => {
      await survey(store, { at: start, watch: "devices", present: both });
      assert.equal((await store.prune({ before: start + hour })).scans, 0, "it was not yet reported");
      await announcedSince(store, start);
      assert.equal((await store.prune({ before: start + hour })).scans, 1);
      assert.deepEqual((await store.discoveries.list({ limit: 9 })).rows, []);
      assert.equal((await store.devices.list({ limit: 9 })).rows.length, 2, "who is there stays");
      await store.devices.setApproved(nas, true);
      for (const time of [1, 2]) await survey(store, { at: start + time, present: [], audiences: [] });
      await store.prune({ before: start + hour });
      assert.deepEqual(
        (await store.devices.list({ limit: 9 })).rows.map((device) => [device.mac, device.state]),
        [[nas, "gone"]],
        "a device that is gone for this long is pruned unless it was approved",
      );
      assert.deepEqual((await store.scans.list({ limit: 9 })).rows, []);
    });

    t("are stored with an open delivery for each audience, in one transaction", async (store) => {
      await survey(store, { at: start, present: both, audiences: [operators, archive] });
      assert.equal((await store.deliveries.list({ states: ["open"], limit: 9 })).rows.length, 2);
      const bad = at("192.168.50.30", printer, { address: undefined as unknown as Neighbour["address"] });
      await assert.rejects(survey(store, { at: start + 1, present: [...both, at("192.168.50.9", mac(9)), bad] }));
      assert.equal((await store.devices.list({ limit: 9 })).rows.length, 2);
      assert.equal((await store.discoveries.list({ limit: 9 })).rows.length, 2);
    });
  });

  t("a network full of invented devices evicts those, never a named or approved one", async (store) => {
    const invented = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => at("192.168.50.77", mac(from + index, "02:00:00:00")));
    await survey(store, { at: start, present: both });
    await store.devices.setApproved(nas, true);
    await store.devices.setName(phone, "Phone");
    await survey(store, { at: start + 1, present: invented(0, 300), probed: [], audiences: [] });
    await survey(store, { at: start + 2, present: invented(10_000, maxDevices - 100), probed: [], audiences: [] });
    const devices = (await store.devices.list({ limit: maxDevices + 1 })).rows;
    assert.equal(devices.length, maxDevices);
    assert.ok(devices.some((device) => device.mac === nas) && devices.some((device) => device.mac === phone));
    assert.ok(!devices.some((device) => device.mac === mac(0, "02:00:00:00")), "the oldest went");
    const { next } = await store.devices.list({ limit: 6 });
    const page = (await store.devices.list({ limit: 2, after: next })).rows;
    assert.deepEqual(
      page.map(({ mac }) => mac),
      devices.slice(6, 8).map(({ mac }) => mac),
    );
  });

  t("a flood of invented devices evicts none of those that were known before", async (store) => {
    await survey(store, { at: start, present: both });
    await survey(store, { at: start + 1, present: both });
    const invented = Array.from({ length: maxDevices }, (_, index) => at("192.168.50.77", mac(index, "f8:00:00:00")));
    await survey(store, { at: start + 2, present: [...both, ...invented], probed: [], audiences: [] });
    const devices = (await store.devices.list({ limit: maxDevices + 1 })).rows;
    assert.equal(devices.length, maxDevices);
    assert.ok(devices.some((device) => device.mac === nas) && devices.some((device) => device.mac === phone));
  });
}
