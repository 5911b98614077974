import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Mac, parseMac } from "../../src/core/device.ts";
import { type MuteTarget, muteEndDelayMs } from "../../src/core/mute.ts";
import { maxActiveMutes } from "../../src/core/mute-limits.ts";
import { pagesOf } from "../../src/core/page.ts";
import type { Store } from "../../src/core/store.ts";
import { alert, connection, from, record } from "./inbound-sample.ts";
import { address, announcedBy, hour, look, minute, operators, policy, sighting, start } from "./sample.ts";
import { type StoreKind, type TestDatabase, withStore } from "./store-contract.ts";

const day = 24 * hour;

/** From now on the database fails to make or withdraw the acknowledgement of this discovery. */
async function refuseChanges(database: TestDatabase, id: number): Promise<void> {
  const isSqlite = await database.query("select sqlite_version()").then(
    () => true,
    () => false,
  );
  for (const [event, row] of [
    ["insert", "new"],
    ["delete", "old"],
  ] as const) {
    const name = `refuse_${event}_${id}`;
    const head = `create trigger ${name} before ${event} on acknowledgements for each row`;
    const isIt = `${row}.discovery_id = ${id}`;
    if (isSqlite) await database.query(`${head} when ${isIt} begin select raise(abort, 'refused'); end`);
    else {
      const body = `begin if ${isIt} then raise exception 'refused'; end if; return ${row}; end`;
      await database.query(`create function ${name}() returns trigger language plpgsql as $$ ${body} $$`);
      await database.query(`${head} execute function ${name}()`);
    }
  }
}

async function mute(store: Store, target: MuteTarget, more: { readonly at?: number; readonly until?: number } = {}) {
  const { at = start, until = start + day } = more;
  const outcome = await store.mutes.add({ target, note: "known", by: "ada", at, until });
  assert.ok(outcome.kind === "muted");
  return outcome.mute;
}

const host = (text: string, port?: number): MuteTarget => ({ kind: "host", address: address(text), port });
const source = (first: string, last = first): MuteTarget => ({
  kind: "source",
  first: address(first),
  last: address(last),
});

/** How many discoveries count as not acknowledged, and how many new services among the urgent ones. */
async function unacknowledged(store: Store, unacknowledgedSince: number): Promise<readonly [number, number]> {
  const query = { since: 0, unacknowledgedSince, urgentKinds: ["new"], limit: 1, maxFirstScans: 1 } as const;
  const { unacknowledged: count, urgent } = await store.discoveries.digest(query);
  return [count, urgent.count];
}

async function mutedOf(store: Store): Promise<readonly string[]> {
  const { rows } = await store.discoveries.list({ muted: true, limit: 100 });
  return rows.map(({ kind, address: at, device }) => `${kind} ${at ?? device?.mac}`).toReversed();
}

const [mac1, mac2, mac3] = [1, 2, 3].map((last) => parseMac(`52:54:00:00:00:0${last}`) ?? assert.fail()) as [
  Mac,
  Mac,
  Mac,
];

/** A survey that finds these devices at each address. @returns what is announced */
function survey(store: Store, at: number, found: Readonly<Record<string, readonly Mac[]>>) {
  return store.devices.record({
    watch: "ssh",
    at,
    present: Object.entries(found).flatMap(([text, macs]) =>
      macs.map((mac) => ({ address: address(text), mac, link: "lan" })),
    ),
    names: new Map(),
    vendors: new Map(),
    probed: [{ family: 4, first: 0x0a_00_00_00n, last: 0x0a_00_00_ffn }],
    policy,
    audiences: [operators],
  });
}

/** What the operators are told of by the open delivery. */
async function announced(store: Store): Promise<readonly string[]> {
  const open = (await store.deliveries.list({ states: ["open"], limit: 9 })).rows;
  return (await Promise.all(open.map(({ id }) => announcedBy(store, id)))).flat();
}

const up = (at: number) => ({ at, isUp: true });
const down = (at: number) => ({ at, isUp: false });

/** What is reported of a port that is seen or missed at these minutes, while its host is muted at times. */
const endings: readonly {
  readonly name: string;
  readonly looks: readonly { readonly at: number; readonly isUp: boolean }[];
  readonly mutes: readonly { readonly from: number; readonly until: number; readonly endedAt?: number }[];
  readonly told: readonly string[];
}[] = [
  {
    name: "cover the end of what appeared under them and was gone when they were over",
    looks: [down(0), up(2), down(11)],
    mutes: [{ from: 1, until: 10 }],
    told: [],
  },
  {
    name: "do not cover the end of what was still there when they were over",
    looks: [down(0), up(2), up(11), down(12)],
    mutes: [{ from: 1, until: 10 }],
    told: ["gone"],
  },
  {
    name: "do not cover the end of what was still there after they were ended by hand",
    looks: [down(0), up(2), up(5), down(6)],
    mutes: [{ from: 1, until: 1000, endedAt: 3 }],
    told: ["gone"],
  },
  {
    name: "cover the end of what was gone when they were ended by hand",
    looks: [down(0), up(2), down(5)],
    mutes: [{ from: 1, until: 1000, endedAt: 3 }],
    told: [],
  },
  {
    name: "that follow one another are one for what was never seen without one",
    looks: [down(0), up(2), up(6), down(11)],
    mutes: [
      { from: 1, until: 5 },
      { from: 5, until: 10 },
    ],
    told: [],
  },
  {
    name: "do not cover the end of what was reported before them",
    looks: [down(0), up(1), down(3), up(5), down(11)],
    mutes: [{ from: 2, until: 10 }],
    told: ["new", "gone"],
  },
  {
    name: "cover the return of what was gone under them, where nobody missed it afterwards",
    looks: [down(0), up(1), down(3), up(11)],
    mutes: [{ from: 2, until: 10 }],
    told: ["new"],
  },
  {
    name: "do not cover the return of what was missed after them",
    looks: [down(0), up(1), down(3), down(11), up(12)],
    mutes: [{ from: 2, until: 10 }],
    told: ["new", "returned"],
  },
  {
    name: "do not cover the return of what was never reported: to its readers it is new",
    looks: [down(0), up(2), down(4), up(11)],
    mutes: [{ from: 1, until: 10 }],
    told: ["new"],
  },
  {
    name: "make what was never reported new when it is back, also if its end came after them, and later changes are as ever",
    looks: [down(0), up(2), down(11), up(12), down(13), up(14)],
    mutes: [{ from: 1, until: 10 }],
    told: ["new", "gone", "returned"],
  },
  {
    name: "make what was never reported new when it is back, after any number of mutes",
    looks: [down(0), up(2), down(3), up(4), down(11), up(13), down(21), up(22)],
    mutes: [
      { from: 1, until: 10 },
      { from: 12, until: 20 },
    ],
    told: ["new"],
  },
  {
    name: "do not make new what was reported when it went, though not when it came",
    looks: [down(0), up(2), up(11), down(12), up(13)],
    mutes: [{ from: 1, until: 10 }],
    told: ["gone", "returned"],
  },
  {
    name: "cover the end of what returned under them after it was reported as gone",
    looks: [down(0), up(1), down(2), up(4), down(11)],
    mutes: [{ from: 3, until: 10 }],
    told: ["new", "gone"],
  },
];

/** A scan that sees the port of 10.0.0.1, or misses it. Its changes never count as flapping. */
async function seesAt(store: Store, at: number, isUp: boolean): Promise<void> {
  const others = [sighting("10.0.0.9")];
  const sees = isUp ? [sighting("10.0.0.1"), ...others] : others;
  await look(store, { at, sees, outcome: { policy: { ...policy, flapLimit: 99 } } });
}

/** Mutes: what they cover is recorded, and not announced. */
export function muteContract(kind: StoreKind): void {
  const t = (name: string, body: Parameters<typeof withStore>[1]) => test(name, withStore(kind, body));
  describe("mutes", () => {
    t("are listed with their notes, end by the clock, and can be ended after a delay", async (store) => {
      const one = await mute(store, host("10.0.0.1", 443));
      const range = await mute(store, source("10.1.0.0", "10.1.0.255"), { until: start + hour });
      assert.deepEqual(one, {
        id: one.id,
        target: { kind: "host", address: address("10.0.0.1"), port: 443 },
        note: "known",
        by: "ada",
        createdAt: start,
        until: start + day,
        endedBy: undefined,
      });
      assert.deepEqual(await store.mutes.get(one.id), one);
      assert.deepEqual(await store.mutes.active(start), [range, one]);
      assert.deepEqual(await store.mutes.active(start + hour), [one], "the other one is over");
      const first = await store.mutes.list({ limit: 1, active: { is: true, at: start } });
      assert.deepEqual(first.rows, [range]);
      assert.deepEqual((await store.mutes.list({ limit: 9, after: first.next })).rows, [one]);
      const over = await store.mutes.list({ limit: 9, active: { is: false, at: start + hour } });
      assert.deepEqual(over.rows, [range]);
      const ended = await store.mutes.end(one.id, { by: "bob", at: start + minute });
      assert.deepEqual([ended?.until, ended?.endedBy], [start + minute + muteEndDelayMs, "bob"]);
      assert.equal(await store.mutes.end(one.id, { by: "bob", at: start + minute }), undefined, "it ends anyway");
      assert.equal(await store.mutes.end(99, { by: "bob", at: start }), undefined);
      await store.prune({ before: start + hour });
      assert.deepEqual((await store.mutes.list({ limit: 9 })).rows, [range], "those that were over by then are gone");
    });

    t("are limited in number, and notes from strangers are made safe", async (store) => {
      for (let last = 0; last < maxActiveMutes; last++) await mute(store, host(`10.0.${last >> 8}.${last & 255}`));
      const more = { target: host("10.9.9.9"), note: "a\u001b[31m\nb", by: "ada", until: start + 2 * day };
      assert.deepEqual(await store.mutes.add({ ...more, at: start }), { kind: "full", limit: maxActiveMutes });
      const later = await store.mutes.add({ ...more, at: start + day });
      assert.equal(later.kind === "muted" && later.mute.note, "a.[31m b");
    });

    t("of a host keep its discoveries out of reports, and of no other", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.9")], outcome: { audiences: [] } });
      await mute(store, host("10.0.0.1"));
      await mute(store, host("fd00::1"));
      const summary = await look(store, {
        at: start + minute,
        sees: [
          ...["10.0.0.1", "10.0.0.2", "fd00::1", "fd00::2"].map((each) => sighting(each)),
          sighting("10.0.0.1", 80),
        ],
      });
      assert.deepEqual(await announced(store), ["new 10.0.0.2", "gone 10.0.0.9", "new fd00::2"]);
      assert.deepEqual([summary.counts.new, summary.counts.gone, summary.counts.present], [2, 1, 5]);
      assert.deepEqual((await mutedOf(store)).toSorted(), ["new 10.0.0.1", "new 10.0.0.1", "new fd00::1"]);
      const [muted] = (await store.discoveries.list({ muted: true, limit: 1 })).rows;
      assert.equal(muted?.mutedUntil, start + day);
      assert.equal((await store.services.list({ limit: 9 })).rows.length, 6, "nothing is lost");
    });

    t("of one port leave the other ports of the host alone", async (store) => {
      await mute(store, host("10.0.0.1", 22));
      await look(store, { at: start, ports: [22, 80], sees: [sighting("10.0.0.1"), sighting("10.0.0.1", 80)] });
      const [open] = (await store.deliveries.list({ states: ["open"], limit: 9 })).rows;
      const told = await store.deliveries.announced({ deliveryId: open?.id ?? 0, limit: 9, offset: 0 });
      assert.deepEqual(
        told.map(({ port }) => port),
        [80],
      );
    });

    t("that cover everything of a scan make no report due", async (store) => {
      await mute(store, host("10.0.0.1"));
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      assert.equal(await store.deliveries.hasUnfinished(operators), false);
      assert.deepEqual((await store.deliveries.list({ limit: 9 })).rows, []);
    });

    t("cover neither what came before nor what comes after them, by the clock", async (store) => {
      await mute(store, host("10.0.0.1"), { at: start + minute, until: start + 2 * minute });
      const seen = [sighting("10.0.0.1")];
      const others = [sighting("10.0.0.2")];
      await look(store, { at: start + minute - 1, sees: seen });
      await look(store, { at: start + minute, sees: others });
      await look(store, { at: start + 2 * minute - 1, sees: seen });
      await look(store, { at: start + 2 * minute, sees: others });
      assert.deepEqual(await mutedOf(store), ["gone 10.0.0.1", "returned 10.0.0.1"]);
      const told = await announced(store);
      assert.deepEqual(
        told.filter((text) => text.endsWith(".1")),
        ["new 10.0.0.1", "gone 10.0.0.1"],
      );
    });

    for (const { name, looks, mutes, told } of endings) {
      t(name, async (store) => {
        const events = [
          ...looks.map(({ at, isUp }) => ({ at, happens: () => seesAt(store, start + at * minute, isUp) })),
          ...mutes.flatMap(({ from: at, until, endedAt }) => {
            const made = Promise.withResolvers<number>();
            const add = { at: start + at * minute, until: start + until * minute };
            const begins = {
              at: at - 0.5,
              happens: async () => made.resolve((await mute(store, host("10.0.0.1"), add)).id),
            };
            if (endedAt === undefined) return [begins];
            const end = async () => store.mutes.end(await made.promise, { by: "ada", at: start + endedAt * minute });
            return [begins, { at: endedAt, happens: end }];
          }),
        ];
        for (const { happens } of events.sort((one, other) => one.at - other.at)) await happens();
        const reported = (await announced(store)).filter((text) => text.endsWith(".1"));
        assert.deepEqual(
          reported.map((text) => text.split(" ")[0]),
          told,
        );
        const all = await store.discoveries.list({ address: address("10.0.0.1"), limit: 99 });
        assert.deepEqual(
          all.rows.filter(({ mutedUntil }) => mutedUntil === undefined).length,
          told.length,
          "what is not reported is marked as muted",
        );
      });
    }

    t("of a device or its address cover its end, unless it was there afterwards", async (store) => {
      const present = { "10.0.0.1": [mac1], "10.0.0.2": [mac2], "10.0.0.3": [mac3] };
      await survey(store, start, { "10.0.0.3": [mac3] });
      const during = { at: start + minute, until: start + hour };
      await mute(store, { kind: "device", mac: mac1 }, during);
      await mute(store, { kind: "device", mac: mac2 }, during);
      await mute(store, { kind: "device", mac: mac3 }, during);
      assert.deepEqual(await survey(store, start + 2 * minute, present), {});
      const later = { "10.0.0.2": [mac2] };
      assert.deepEqual(await survey(store, start + hour, later), { "device-gone": 1 }, "the one that was known before");
      assert.deepEqual(await survey(store, start + hour + minute, {}), { "device-gone": 1 });
      assert.deepEqual((await mutedOf(store)).toSorted(), [
        `device-gone ${mac1}`,
        `device-new ${mac1}`,
        `device-new ${mac2}`,
      ]);
      const back = { "device-new": 1, "device-returned": 2 };
      assert.deepEqual(
        await survey(store, start + hour + 2 * minute, present),
        back,
        "nobody was told of the first one",
      );
      const [isNew] = (await store.discoveries.list({ kinds: ["device-new"], limit: 1 })).rows;
      assert.equal(isNew?.device?.mac, mac1);
    });

    t(
      "make a host new on its return where nobody was told of it, and only its ports where others were reported",
      async (store) => {
        const sees = (at: number, ...found: readonly string[]) =>
          look(store, {
            at: start + at * minute,
            ports: [22, 80],
            sees: found.map((each) => sighting(each.split(" ")[0] ?? "", Number(each.split(" ")[1]))),
          });
        await sees(0, "10.0.0.2 80");
        const during = { at: start + 1, until: start + 10 * minute };
        await mute(store, host("10.0.0.1"), during);
        await mute(store, host("10.0.0.2", 22), during);
        await sees(2, "10.0.0.1 22", "10.0.0.2 22", "10.0.0.2 80");
        await sees(4, "10.0.0.2 80");
        const { counts } = await sees(11, "10.0.0.1 22", "10.0.0.1 80", "10.0.0.2 22", "10.0.0.2 80");
        assert.deepEqual([counts.new, counts.returned], [3, 0]);
        const { rows } = await store.discoveries.list({
          kinds: ["new"],
          muted: false,
          since: start + minute,
          limit: 9,
        });
        assert.deepEqual(
          rows
            .map(({ address: at, port, isKnownHost, lastSeen }) => `${at} ${port} ${isKnownHost} ${lastSeen}`)
            .toSorted(),
          ["10.0.0.1 22 false", "10.0.0.1 80 false", "10.0.0.2 22 true"].map(
            (each) => `${each} ${start + 11 * minute}`,
          ),
        );
      },
    );

    t("show the end of the one that lasts longest", async (store) => {
      await mute(store, host("10.0.0.1"), { until: start + day });
      await mute(store, host("10.0.0.1", 22), { until: start + hour });
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      assert.equal((await store.discoveries.list({ limit: 1 })).rows[0]?.mutedUntil, start + day);
    });

    t(
      "of a device cover what it does and what its addresses offer; of an address no new device there",
      async (store) => {
        const [mac, other] = [mac1, mac2];
        await mute(store, host("10.0.0.2"), { at: start + 1 });
        assert.deepEqual(await survey(store, start, { "10.0.0.1": [mac], "10.0.0.2": [other] }), { "device-new": 2 });
        await mute(store, { kind: "device", mac }, { at: start + 1 });
        await look(store, { at: start + minute, sees: [sighting("10.0.0.1"), sighting("10.0.0.3")] });
        assert.deepEqual(
          (await announced(store)).filter((text) => text.startsWith("new")),
          ["new 10.0.0.3"],
        );
        assert.deepEqual(await survey(store, start + hour, {}), {}, "both are gone, and muted");
        assert.deepEqual((await mutedOf(store)).toSorted(), [
          `device-gone ${mac}`,
          `device-gone ${other}`,
          "new 10.0.0.1",
        ]);
      },
    );

    t("of a device hide no claim to another device's address, and nothing that is found there", async (store) => {
      await survey(store, start, { "10.0.0.1": [mac1], "10.0.0.5": [mac2] });
      await mute(store, { kind: "device", mac: mac2 }, { at: start + 1 });
      const told = await survey(store, start + minute, { "10.0.0.1": [mac1, mac2], "10.0.0.5": [mac2] });
      assert.deepEqual(told, { "address-moved": 1 });
      // One that it claimed before the mute is no more its own.
      await mute(store, { kind: "device", mac: mac2 }, { at: start + minute + 1 });
      await look(store, { at: start + hour, sees: [sighting("10.0.0.1"), sighting("10.0.0.5")] });
      assert.deepEqual(
        (await mutedOf(store)).filter((text) => text.startsWith("new")),
        ["new 10.0.0.5"],
      );
    });

    t("of a device cover neither an address that it got later nor one that it left by going away", async (store) => {
      await survey(store, start, { "10.0.0.5": [mac2] });
      await mute(store, { kind: "device", mac: mac2 }, { at: start + 1 });
      await survey(store, start + minute, { "10.0.0.5": [mac2], "10.0.0.6": [mac2] });
      await look(store, { at: start + 2 * minute, sees: [sighting("10.0.0.5"), sighting("10.0.0.6")] });
      const news = async () => (await mutedOf(store)).filter((text) => text.startsWith("new"));
      assert.deepEqual(await news(), ["new 10.0.0.5"]);
      await survey(store, start + hour, {});
      await look(store, {
        at: start + 2 * hour,
        ports: [22, 80],
        sees: ["10.0.0.5", "10.0.0.6"].flatMap((each) => [sighting(each), sighting(each, 80)]),
      });
      assert.deepEqual(await news(), ["new 10.0.0.5"], "a stranger may be there now");
    });

    t("of a host cover a device only where it has that address alone, and had it before", async (store) => {
      const [forged, shared, own] = [mac1, mac2, mac3];
      const before = { "10.0.0.1": [forged], "10.0.0.2": [shared], "10.0.0.8": [shared], "10.0.0.7": [own] };
      await survey(store, start, before);
      for (const each of ["10.0.0.9", "10.0.0.8", "10.0.0.7"]) await mute(store, host(each), { at: start + 1 });
      const told = await survey(store, start + minute, { ...before, "10.0.0.9": [forged] });
      assert.deepEqual(told, { "device-address-changed": 1 }, "it is news of the device at 10.0.0.1, too");
      const gone = await survey(store, start + hour, {});
      assert.deepEqual(gone, { "device-gone": 2 });
      assert.deepEqual(await mutedOf(store), [`device-gone ${own}`]);
    });

    t("of a host hide no device that takes over another device's address", async (store) => {
      await survey(store, start, { "10.0.0.9": [mac1], "10.0.0.5": [mac2] });
      await mute(store, host("10.0.0.9"), { at: start + 1 });
      await mute(store, { kind: "device", mac: mac1 }, { at: start + 1 });
      const told = await survey(store, start + minute, { "10.0.0.9": [mac1, mac2], "10.0.0.5": [mac2] });
      assert.equal(told["address-moved"], 1);
    });

    t("of a source mark its connections and keep back its alerts, in one transaction", async (store) => {
      await mute(store, source("203.0.113.0", "203.0.113.255"));
      const about = (first: string, at: number, last = first) => ({
        source: { first: address(first), last: address(last), at },
      });
      await record(
        store,
        [
          connection("in", from("203.0.113.7")),
          connection("out", from("203.0.114.7")),
          connection("before", { ...from("203.0.113.7"), at: start - 100 }),
          connection("after", { ...from("203.0.113.7"), at: start + day }),
        ],
        [
          alert("in", start, about("203.0.113.7", start + 12.5)),
          alert("out", start, about("203.0.114.7", start)),
          alert("before", start, about("203.0.113.7", start - 87.5)),
          alert("after", start, about("203.0.113.7", start + day + 12.5)),
          alert("wider", start, about("203.0.113.0", start, "203.0.114.255")),
          alert("digest", start),
        ],
      );
      const waiting = await store.alerts.pending({ limit: 9 });
      assert.deepEqual(waiting.map(({ id }) => id).toSorted(), ["after", "before", "digest", "out", "wider"]);
      const { rows } = await store.connections.list({ limit: 9, muted: true });
      assert.deepEqual(
        rows.map(({ id, mutedUntil }) => [id, mutedUntil]),
        [["in", start + day]],
      );
      const all = (await store.connections.list({ limit: 9 })).rows;
      assert.equal(all.filter(({ mutedUntil }) => mutedUntil !== undefined).length, 1);
    });

    t("that were ended stay over when the clock is set back", async (store) => {
      const [range, single] = [
        await mute(store, source("203.0.113.0", "203.0.113.255")),
        await mute(store, host("10.0.0.1")),
      ];
      for (const { id } of [range, single]) await store.mutes.end(id, { by: "bob", at: start + hour });
      // What happened just before its end, and is stored a moment later; and then, by a clock that was set back half an hour.
      const times = { late: start + hour - 30_000, back: start + hour / 2 };
      const peer = { source: { first: address("203.0.113.7"), last: address("203.0.113.7") } };
      await record(
        store,
        Object.entries(times).map(([id, at]) => connection(id, { ...from("203.0.113.7"), at, durationMs: 0 })),
        Object.entries(times).map(([id, at]) => alert(id, at, { source: { ...peer.source, at } })),
      );
      const { rows } = await store.connections.list({ limit: 9, muted: true });
      assert.deepEqual(
        rows.map(({ id }) => id),
        ["late"],
      );
      assert.deepEqual(
        (await store.alerts.pending({ limit: 9 })).map(({ id }) => id),
        ["back"],
      );
      await look(store, { at: times.back, sees: [sighting("10.0.0.1")] });
      assert.deepEqual(await announced(store), ["new 10.0.0.1"]);
    });

    t("of a source with a zone cover it in this zone alone", async (store) => {
      await mute(store, source("fe80::5%eth0"));
      await record(
        store,
        [connection("in", from("fe80::5%eth0")), connection("out", from("fe80::5%eth1"))],
        ["fe80::5%eth0", "fe80::5%eth1"].map((each) =>
          alert(each, start, { source: { first: address(each), last: address(each), at: start } }),
        ),
      );
      const { rows } = await store.connections.list({ limit: 9, muted: true });
      assert.deepEqual(
        rows.map(({ id }) => id),
        ["in"],
      );
      assert.deepEqual(
        (await store.alerts.pending({ limit: 9 })).map(({ id }) => id),
        ["fe80::5%eth1"],
      );
    });

    t("of a source cover an IPv6 network in every zone", async (store) => {
      await mute(store, source("fe80::", "fe80::ffff:ffff:ffff:ffff"));
      await record(store, [connection("in", from("fe80::5%eth0")), connection("out", from("fe81::5"))], []);
      const { rows } = await store.connections.list({ limit: 9, muted: true });
      assert.deepEqual(
        rows.map(({ id }) => id),
        ["in"],
      );
    });
  });

  describe("acknowledgements", () => {
    t("are shown with their discovery, can be replaced and withdrawn, and filter the list", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      const ids = (await store.discoveries.list({ limit: 9 })).rows.map(({ id }) => id);
      const [id = 0, other = 0] = ids;
      const seen = { at: start + 1, by: "ada", note: "ours\u001b[1m" };
      assert.equal(await store.discoveries.acknowledge({ id }, seen), 1);
      assert.equal(await store.discoveries.acknowledge({ id: 999 }, seen), 0);
      assert.deepEqual((await store.discoveries.get(id))?.acknowledged, { ...seen, note: "ours.[1m" });
      assert.equal((await store.discoveries.get(other))?.acknowledged, undefined);
      assert.equal(await store.discoveries.get(999), undefined);
      await store.discoveries.acknowledge({ id }, { at: start + 2, by: "bob", note: "" });
      assert.deepEqual((await store.discoveries.get(id))?.acknowledged, { at: start + 2, by: "bob", note: "" });
      const listed = async (acknowledged: boolean) =>
        (await store.discoveries.list({ acknowledged, limit: 9 })).rows.map((row) => row.id);
      assert.deepEqual([await listed(true), await listed(false)], [[id], [other]]);
      assert.equal(await store.discoveries.withdrawAcknowledgement(id), true);
      assert.equal(await store.discoveries.withdrawAcknowledgement(id), false);
      assert.deepEqual([await listed(true), await listed(false)], [[], ids]);
    });

    t("take all that was shown of a host, and nothing that came later", async (store) => {
      await look(store, { at: start, ports: [22, 80], sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      await look(store, { at: start + minute, sees: [sighting("10.0.0.2"), sighting("10.0.0.1", 80)] });
      const shown = (await store.discoveries.list({ address: address("10.0.0.1"), limit: 9 })).rows;
      await store.discoveries.acknowledge({ id: shown.at(-1)?.id ?? 0 }, { at: start, by: "ada", note: "first" });
      await look(store, { at: start + hour, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      const upTo = shown[0]?.id ?? 0;
      const which = { address: address("10.0.0.1"), upTo };
      const seen = { at: start + 9, by: "bob", note: "all" };
      assert.equal(await store.discoveries.acknowledge(which, seen), shown.length - 1);
      const notes = (await store.discoveries.list({ address: address("10.0.0.1"), limit: 9 })).rows;
      assert.deepEqual(
        notes.map(({ id, acknowledged }) => (id > upTo ? "later" : "shown") + (acknowledged?.note ?? "-")),
        ["later-", "later-", "shownall", "shownall", "shownfirst"],
      );
    });

    t("take many at once, leave earlier ones, and are withdrawn as they were made", async (store) => {
      const sees = Array.from({ length: 1203 }, (_, i) => sighting(`10.1.${i >> 8}.${i & 255}`));
      await look(store, { at: start, sees });
      const ids = (await store.discoveries.list({ limit: 2000 })).rows.map(({ id }) => id);
      assert.equal(ids.length, sees.length);
      const [first = 0, second = 0, third = 0] = ids;
      await store.discoveries.acknowledge({ id: first }, { at: start, by: "ada", note: "first" });
      const upTo = (await store.discoveries.list({ upTo: second, acknowledged: false, limit: 2000 })).rows;
      assert.deepEqual(
        upTo.map(({ id }) => id),
        ids.slice(1),
      );
      const numeric = (some: readonly number[]) => some.toSorted((one, other) => one - other);
      const seen = { at: start + 1, by: "bob", note: "all\u001b[1m " };
      const done = await store.discoveries.acknowledgeAll([...ids, ids[0] ?? 0, 999_999], seen);
      assert.deepEqual(numeric(done), numeric(ids.slice(1)));
      assert.deepEqual(await store.discoveries.acknowledgeAll(ids, { ...seen, by: "eve" }), []);
      assert.deepEqual(await store.discoveries.acknowledgeAll([], seen), []);
      const of = async (id: number) => (await store.discoveries.get(id))?.acknowledged;
      assert.deepEqual(await of(first), { at: start, by: "ada", note: "first" });
      assert.deepEqual(await of(second), { at: start + 1, by: "bob", note: "all.[1m" });
      await store.discoveries.acknowledge({ id: third }, { at: start + 2, by: "eve", note: "mine" });
      assert.deepEqual(await store.discoveries.withdrawAcknowledgements({ ids, at: start + 9 }), []);
      const withdrawn = await store.discoveries.withdrawAcknowledgements({ ids: done, at: seen.at });
      assert.deepEqual(numeric(withdrawn), numeric([second, ...ids.slice(3)]));
      const left = (await store.discoveries.list({ acknowledged: true, limit: 9 })).rows;
      assert.deepEqual(
        left.map(({ id, acknowledged }) => [id, acknowledged?.by]),
        [
          [first, "ada"],
          [third, "eve"],
        ],
      );
    });

    t("of many are made all or none, and withdrawn likewise", async (store, database) => {
      const sees = Array.from({ length: 1203 }, (_, i) => sighting(`10.3.${i >> 8}.${i & 255}`));
      await look(store, { at: start, sees });
      const ids = (await store.discoveries.listIds({ limit: 2000 })).rows;
      const count = async () => (await store.discoveries.listIds({ acknowledged: true, limit: 2000 })).rows.length;
      const seen = { at: start + 1, by: "bob", note: "" };
      await refuseChanges(database, Math.max(...ids));
      await assert.rejects(store.discoveries.acknowledgeAll(ids, seen));
      assert.equal(await count(), 0);
      const others = ids.slice(1);
      assert.equal((await store.discoveries.acknowledgeAll(others, seen)).length, others.length);
      await refuseChanges(database, Math.max(...others));
      await assert.rejects(store.discoveries.withdrawAcknowledgements({ ids: others, at: seen.at }));
      assert.equal(await count(), others.length);
    });

    t("are found by the numbers alone, page by page, as the list finds them", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1"), sighting("10.0.0.2"), sighting("10.0.0.3")] });
      await look(store, { at: start + minute, watch: "web", ports: [80], sees: [sighting("10.0.0.1", 80)] });
      await look(store, { at: start + hour, sees: [sighting("10.0.0.1")] });
      for (const query of [
        {},
        { watch: "web" },
        { kinds: ["gone"] },
        { address: address("10.0.0.1") },
        { upTo: 2 },
      ] as const) {
        const { rows } = await store.discoveries.list({ ...query, limit: 99 });
        const pages = await Array.fromAsync(
          pagesOf((after) => store.discoveries.listIds({ ...query, limit: 2, after })),
        );
        assert.deepEqual(
          pages.flat(),
          rows.map(({ id }) => id),
        );
        assert.ok(rows.length > 0);
      }
      assert.deepEqual((await store.discoveries.listIds({ kinds: [], limit: 9 })).rows, []);
    });

    t("of the same discoveries at the same time are made once", async (store) => {
      const sees = Array.from({ length: 600 }, (_, i) => sighting(`10.2.${i >> 8}.${i & 255}`));
      await look(store, { at: start, sees });
      const ids = (await store.discoveries.list({ limit: 1000 })).rows.map(({ id }) => id);
      const byWhom = ["ada", "bob"].map((by) => store.discoveries.acknowledgeAll(ids, { at: start, by, note: "" }));
      const done = await Promise.all(byWhom);
      assert.deepEqual(new Set(done.flat()), new Set(ids));
      assert.equal(done.flat().length, ids.length);
    });

    t("are counted by those that are missing, and end with their discoveries", async (store, database) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")], outcome: { audiences: [] } });
      await mute(store, host("10.0.0.3"));
      const sees = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"].map((each) => sighting(each));
      await look(store, { at: start + minute, sees, outcome: { audiences: [] } });
      assert.deepEqual(
        await unacknowledged(store, 0),
        [2, 3],
        "none that is muted; of a first scan only what is urgent",
      );
      assert.deepEqual(await unacknowledged(store, start + hour), [0, 0]);
      const [latest] = (await store.discoveries.list({ limit: 1 })).rows;
      await store.discoveries.acknowledge({ id: latest?.id ?? 0 }, { at: start, by: "", note: "" });
      assert.deepEqual(await unacknowledged(store, 0), [1, 2]);
      await look(store, { at: start + day, sees, outcome: { audiences: [] } });
      await store.prune({ before: start + hour });
      assert.deepEqual((await store.discoveries.list({ limit: 9 })).rows, []);
      const [left] = await database.query("select count(*) as n from acknowledgements");
      assert.equal(Number(left?.["n"]), 0);
    });
  });
}
