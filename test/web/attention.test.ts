import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { dayOf } from "../../src/core/day-start.ts";
import { parseMac } from "../../src/core/device.ts";
import { urgentKinds } from "../../src/core/discovery-kinds.ts";
import { silentLog } from "../../src/core/log.ts";
import { muteEndDelayMs } from "../../src/core/mute.ts";
import { maxMuteMs } from "../../src/core/mute-limits.ts";
import { formatCursor } from "../../src/core/page.ts";
import type { Store } from "../../src/core/store.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { discoverySchema } from "../../src/present/discoveries/discovery-schema.ts";
import { type MuteJson, muteSchema } from "../../src/present/mutes/mute-schema.ts";
import { overviewSchema } from "../../src/present/overview/overview-schema.ts";
import { openStore } from "../../src/store/open-store.ts";
import { maxFoundAtOnce } from "../../src/web/api/acknowledge-found.ts";
import { urgentKinds as shownAsUrgent } from "../../src/web/dashboard/urgent-kinds.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { connection, from, record } from "../store/inbound-sample.ts";
import { address, look, policy, sighting } from "../store/sample.ts";
import { type ApiServer, apiServer } from "./api-server.ts";

const folder = temporaryFolder();
const hour = 3_600_000;
let store: Store;
let server: ApiServer;

before(async () => {
  store = await openStore({
    location: `${folder.path}/harbinger.db`,
    clock: systemClock,
    log: silentLog,
    thread: "caller",
  });
  server = await apiServer(store);
});

after(async () => {
  await server[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function ask(method: string, place: string, body?: object) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const answer = await fetch(`${server.url}/api/v1/${place}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const json = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, json };
}

async function mute(body: object): Promise<MuteJson> {
  const { status, json } = await ask("POST", "mutes", body);
  assert.equal(status, 201, JSON.stringify(json));
  return muteSchema.parse(json);
}

async function rows(place: string): Promise<readonly Record<string, unknown>[]> {
  return (await server.json(`/api/v1/${place}`))["rows"] as readonly Record<string, unknown>[];
}

describe("mutes over the API", () => {
  test("are made for a time or until one, listed, searched and ended", async () => {
    const host = await mute({ kind: "host", address: "192.0.2.5", port: 443, for: "1h", note: "printer <b>" });
    assert.deepEqual(
      [host.kind, host.address, host.port, host.note, host.active, host.by],
      ["host", "192.0.2.5", 443, "printer <b>", true, ""],
    );
    assert.equal(Date.parse(host.until) - Date.parse(host.createdAt), hour);
    const until = new Date(Date.now() + 48 * hour).toISOString();
    const source = await mute({ kind: "source", source: "203.0.113.0/24", until });
    assert.deepEqual([source.source, source.until], ["203.0.113.0/24", until]);
    const device = await mute({ kind: "device", mac: "52-54-00-00-00-09", for: "1w" });
    assert.equal(device.mac, "52:54:00:00:00:09");
    assert.deepEqual(
      (await rows("mutes")).map(({ id }) => id),
      [device.id, source.id, host.id],
    );
    for (const [q, ids] of [
      ["kind:source", [source.id]],
      ["printer", [host.id]],
      ["active kind:host", [host.id]],
      ["NOT active", []],
    ] as const)
      assert.deepEqual(
        (await rows(`mutes?q=${encodeURIComponent(q)}`)).map(({ id }) => id),
        ids,
        q,
      );
    const ended = muteSchema.parse((await ask("DELETE", `mutes/${host.id}`)).json);
    const left = Date.parse(ended.until) - Date.now();
    assert.ok(left > 0 && left <= muteEndDelayMs, String(left));
    assert.equal(ended.endedBy, "");
    assert.equal((await ask("DELETE", `mutes/${host.id}`)).status, 200, "it ends anyway");
    assert.equal((await ask("DELETE", "mutes/999")).status, 404);
  });

  test("of a source keep the zone of its address", async () => {
    const zoned = await mute({ kind: "source", source: "FE80::1%eth0", for: "1h" });
    assert.equal(zoned.source, "fe80::1%eth0");
  });

  test("are rejected with the field that is wrong", async () => {
    const whole = { kind: "host", address: "192.0.2.5", for: "1h" };
    for (const [change, words] of [
      [{ for: undefined }, /either for or until/],
      [{ until: "2027-01-01T00:00:00Z" }, /either for or until/],
      [{ for: "soon" }, /for: expected a duration/],
      [{ for: "2y" }, /for: expected a duration .* a year at most/],
      [{ for: "0s" }, /future/],
      [{ for: "367d" }, /a year at most/],
      [{ for: undefined, until: "2020-01-01T00:00:00Z" }, /until: expected an end in the future/],
      [{ for: undefined, until: new Date(Date.now() + maxMuteMs + hour).toISOString() }, /a year at most/],
      [{ for: undefined, until: "2027-01-01 00:00" }, /until/],
      [{ address: "printer" }, /address: expected an IP address/],
      [{ address: undefined }, /address: expected an IP address/],
      [{ port: 0 }, /port/],
      [{ mac: "52:54:00:00:00:09" }, /mac: does not belong/],
      [{ kind: "source" }, /address: does not belong to a mute of a source, which has source/],
      [
        { kind: "source", address: undefined, source: "fe80::%eth0/64" },
        /source: only a single address can have a zone/,
      ],
      [{ kind: "device", address: undefined }, /mac: expected/],
      [{ kind: "source", address: undefined, source: "10.0.0.0/33" }, /source: expected/],
      [{ kind: "all" }, /kind/],
      [{ note: "x".repeat(501) }, /note/],
      [{ surprise: 1 }, /surprise/],
    ] as const) {
      const { status, json } = await ask("POST", "mutes", { ...whole, ...change });
      assert.equal(status, 400, JSON.stringify(change));
      assert.match(String(json["message"]), words);
    }
  });

  test("show in the lists of what they cover", async () => {
    await mute({ kind: "host", address: "198.51.100.1", for: "1d" });
    await mute({ kind: "source", source: "198.51.100.2", for: "1d" });
    const at = Date.now() + 10;
    await look(store, { at, sees: [sighting("198.51.100.1"), sighting("198.51.100.3")] });
    await record(
      store,
      [connection("a", { ...from("198.51.100.2"), at }), connection("b", { ...from("10.0.0.7"), at })],
      [],
    );
    const found = await rows("discoveries?q=muted");
    assert.deepEqual(
      found.map(({ address }) => address),
      ["198.51.100.1"],
    );
    assert.ok(typeof found[0]?.["mutedUntil"] === "string");
    assert.deepEqual(
      (await rows("discoveries?q=NOT%20muted")).map(({ address }) => address),
      ["198.51.100.3"],
    );
    const knocks = await rows("connections?muted=yes");
    assert.deepEqual(
      knocks.map(({ id, mutedUntil }) => [id, typeof mutedUntil]),
      [["a", "string"]],
    );
    assert.equal((await rows("connections?q=NOT%20muted")).length, 1);
    const { mutes } = await server.json("/api/v1/overview");
    assert.ok(Number(mutes) >= 4);
  });
});

describe("acknowledgements over the API", () => {
  test("are made, shown, searched and withdrawn", async () => {
    await look(store, { at: Date.now(), sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
    const open = async () => (await rows("discoveries?q=NOT%20acknowledged")).length;
    const [latest] = await rows("discoveries?limit=1");
    const place = `discoveries/${latest?.["id"]}/acknowledgement`;
    const before = await open();
    // The other server keeps its overview for two seconds.
    await using other = await apiServer(store);
    const { notAcknowledged } = (await other.json("/api/v1/overview"))["discoveries"] as Record<string, number>;
    assert.equal(notAcknowledged, (await rows("discoveries?q=NOT%20first-scan%20NOT%20muted")).length);
    const { status, json } = await ask("POST", place, { note: "ours" });
    assert.equal(status, 200);
    const { acknowledged } = discoverySchema.parse(json);
    assert.deepEqual([acknowledged?.by, acknowledged?.note], ["", "ours"]);
    assert.equal(await open(), before - 1);
    assert.deepEqual(
      (await rows("discoveries?q=acknowledged")).map(({ id }) => id),
      [latest?.["id"]],
    );
    assert.equal(discoverySchema.parse((await ask("DELETE", place)).json).acknowledged, undefined);
    assert.equal(await open(), before);
    for (const [method, path, body, expected] of [
      ["POST", "discoveries/99999/acknowledgement", { note: "" }, 404],
      ["DELETE", "discoveries/99999/acknowledgement", undefined, 404],
      ["POST", "discoveries/0/acknowledgement", {}, 400],
      ["POST", place, { note: "x".repeat(501) }, 400],
      ["POST", place, { by: "root" }, 400],
      ["POST", "hosts/10.0.0.1/acknowledgement", {}, 400],
      ["POST", "hosts/nobody/acknowledgement", { upTo: 1 }, 400],
    ] as const)
      assert.equal((await ask(method, path, body)).status, expected, path);
  });

  test("end the urgency of a discovery, which the overview keeps before all others until then", async () => {
    const scan = await look(store, {
      at: Date.now(),
      watch: "urgent",
      sees: [sighting("10.0.0.77", 6379)],
      ports: [6379],
    });
    assert.ok(scan.firstScan);
    const service = { address: address("10.0.0.77"), port: 6379, results: [], memory: "{}" };
    const news = [{ kind: "exposed" as const, detail: "Redis: accepts commands without a password" }];
    await store.examinations.record({
      watch: "urgent",
      at: Date.now(),
      services: [{ ...service, news }],
      audiences: [],
    });
    const ports = Array.from({ length: 15 }, (_, i) => sighting("10.0.0.77", 7000 + i));
    const all = [sighting("10.0.0.77", 6379), ...ports];
    await look(store, {
      at: Date.now(),
      watch: "urgent",
      sees: all,
      ports: Array.from({ length: 2000 }, (_, i) => 6000 + i),
    });
    const overview = async () => {
      await using other = await apiServer(store);
      return overviewSchema.parse(await other.json("/api/v1/overview")).discoveries;
    };
    const before = await overview();
    assert.deepEqual([before.latest.length, before.latest.some(({ kind }) => kind === "exposed")], [10, false]);
    assert.equal(before.urgent.count, 1);
    const [exposed] = before.urgent.latest;
    assert.deepEqual([exposed?.kind, exposed?.address, exposed?.port], ["exposed", "10.0.0.77", 6379]);
    assert.deepEqual(
      before.firstScans.filter(({ watch }) => watch === "urgent").map(({ devices, openPorts }) => [devices, openPorts]),
      [[0, 1]],
    );
    await ask("POST", `discoveries/${exposed?.id}/acknowledgement`, { note: "" });
    assert.deepEqual((await overview()).urgent, { count: 0, latest: [], groups: [] });
  });

  test("are missing first of what the pages show in red", () => {
    assert.equal(shownAsUrgent, urgentKinds.join(","));
  });

  test("take all of a host that was shown", async () => {
    const shown = await rows("discoveries?address=10.0.0.1");
    const upTo = shown[0]?.["id"];
    const first = await ask("POST", "hosts/10.0.0.1/acknowledgement", { note: "all", upTo });
    assert.deepEqual([first.status, first.json], [200, { acknowledged: shown.length }]);
    const again = await ask("POST", "hosts/10.0.0.1/acknowledgement", { note: "again", upTo });
    assert.deepEqual(again.json, { acknowledged: 0 });
    const host = await server.json("/api/v1/hosts/10.0.0.1");
    const discoveries = host["discoveries"] as readonly { readonly acknowledged?: { readonly note: string } }[];
    assert.ok(discoveries.every(({ acknowledged }) => acknowledged?.note === "all"));
  });
});

test("discoveries that are named are acknowledged, and no others of their address, whoever has it meanwhile", async () => {
  const mac = (end: string) => parseMac(`52:54:00:00:01:${end}`) ?? assert.fail();
  const place = address("192.0.2.99");
  const has = async (owner: string) =>
    await store.devices.record({
      watch: "moving",
      at: Date.now(),
      present: [{ mac: mac(owner), address: place, link: "eth0" }],
      names: new Map(),
      vendors: new Map(),
      probed: [],
      policy,
      audiences: [],
    });
  await has("01");
  await look(store, { watch: "moving", at: Date.now(), ports: [22, 80], sees: [sighting("192.0.2.99", 22)] });
  await look(store, {
    watch: "moving",
    at: Date.now(),
    ports: [22, 80],
    sees: [22, 80].map((port) => sighting("192.0.2.99", port)),
  });
  const of = async () =>
    (await rows("discoveries?limit=99&address=192.0.2.99")).map((row) => discoverySchema.parse(row));
  const [shown, ...older] = await of();
  assert.ok(shown !== undefined && older.length > 0);
  await has("02");
  const { status, json } = await ask("POST", "discoveries/acknowledgements", { ids: [shown.id], note: "seen" });
  assert.equal(status, 200);
  assert.deepEqual(json["ids"], [shown.id]);
  const acknowledged = (await of()).filter((each) => each.acknowledged !== undefined).map(({ id }) => id);
  assert.deepEqual(acknowledged, [shown.id]);
  const { at } = json["acknowledged"] as { readonly at: string };
  const undone = await ask("POST", "discoveries/acknowledgements/withdrawal", { at, ids: json["ids"] });
  assert.deepEqual(undone.json["ids"], [shown.id]);
});

describe("all that a search of discoveries finds", () => {
  const find = (q: string) => rows(`discoveries?limit=1000&q=${encodeURIComponent(q)}`);
  const count = (q: string, until = "") =>
    server.json(`/api/v1/discoveries/unacknowledged?q=${encodeURIComponent(q)}${until}`);
  const idsOf = (found: readonly Record<string, unknown>[]) => found.map(({ id }) => Number(id));
  const sorted = (ids: unknown) => (ids as readonly number[]).toSorted((one, other) => one - other);
  const seeAt = async (watch: string, port: number, hosts: readonly string[]) =>
    await look(store, { watch, at: Date.now(), ports: [port], sees: hosts.map((host) => sighting(host, port)) });

  test("is acknowledged up to what was seen, without what came later and what somebody has acknowledged", async () => {
    await seeAt("found", 8443, ["10.9.0.1", "10.9.0.2", "10.9.0.3"]);
    // A term that the store applies, and one that is compared with each row.
    for (const q of ["watch:found", "address:10.9.0.0/24"]) {
      const shown = idsOf(await find(q));
      const [latest = 0, earlier = 0] = shown;
      await ask("POST", `discoveries/${earlier}/acknowledgement`, { note: "first" });
      const counted = await count(q);
      assert.deepEqual(counted, { count: shown.length - 1, until: latest });
      assert.deepEqual(await count(q, `&until=${latest - 1}`), { count: shown.length - 2, until: shown[2] });
      assert.deepEqual(await count(`acknowledged ${q}`), { count: 0 });
      await seeAt(`later ${q.slice(0, 5)}`, 8443, ["10.9.0.7"]);
      await seeAt("found", 8443, ["10.9.0.1", "10.9.0.2", "10.9.0.3", "10.9.0.8"]);
      const { status, json } = await ask("POST", "discoveries/acknowledgements", {
        q,
        note: "all \u001b[1m",
        until: counted["until"],
      });
      assert.equal(status, 200);
      const open = shown.filter((id) => id !== earlier);
      assert.deepEqual(sorted(json["ids"]), sorted(open));
      const all = (await find(q)).map((row) => discoverySchema.parse(row));
      for (const { id, acknowledged } of all) {
        if (id > latest) assert.equal(acknowledged, undefined, "nobody has seen it");
        else if (id === earlier) assert.equal(acknowledged?.note, "first");
        else assert.deepEqual(acknowledged, json["acknowledged"]);
      }
      assert.ok(all.some(({ id }) => id > latest));

      const { at } = json["acknowledged"] as { readonly at: string };
      const replaced = open[0] ?? 0;
      await ask("POST", `discoveries/${replaced}/acknowledgement`, { note: "mine" });
      const undone = await ask("POST", "discoveries/acknowledgements/withdrawal", { at, ids: [...open, earlier] });
      assert.equal(undone.status, 200);
      assert.deepEqual(sorted(undone.json["ids"]), sorted(open.slice(1)));
      const left = (await find(`acknowledged ${q}`)).map((row) => discoverySchema.parse(row).acknowledged?.note);
      assert.deepEqual(left.toSorted(), ["first", "mine"]);
      for (const id of [replaced, earlier]) await ask("DELETE", `discoveries/${id}/acknowledgement`);
    }
  });

  test("is acknowledged in several requests where it is too much for one, the latest first", async () => {
    const hosts = Array.from({ length: maxFoundAtOnce + 2 }, (_, i) => `10.8.${i >> 8}.${i & 255}`);
    await seeAt("large", 8080, hosts);
    const q = "watch:large";
    const { count: first, until, next } = await count(q);
    assert.equal(first, maxFoundAtOnce);
    assert.equal(Number(until) - Number(next), maxFoundAtOnce);
    const acknowledge = async () => (await ask("POST", "discoveries/acknowledgements", { q, until })).json;
    const one = await acknowledge();
    assert.equal(sorted(one["ids"]).length, maxFoundAtOnce);
    assert.equal(sorted(one["ids"])[0], Number(next) + 1);
    assert.equal(one["next"], next);
    const two = await acknowledge();
    assert.deepEqual([sorted(two["ids"]).length, two["next"]], [2, undefined]);
    assert.deepEqual((await acknowledge())["ids"], []);
    const { at } = one["acknowledged"] as { readonly at: string };
    const undone = await ask("POST", "discoveries/acknowledgements/withdrawal", { at, ids: one["ids"] });
    assert.equal(sorted(undone.json["ids"]).length, maxFoundAtOnce);
    assert.equal((await count(q))["count"], maxFoundAtOnce);
  });

  test("is rejected with the field that is wrong", async () => {
    const at = "2026-01-31T08:00:00.000Z";
    for (const [path, body, words] of [
      ["acknowledgements", {}, /until/],
      ["acknowledgements", { until: 0 }, /until/],
      ["acknowledgements", { until: 1, ids: [1] }, /either ids, or until/],
      ["acknowledgements", { q: "port:22", ids: [1] }, /either ids, or until/],
      ["acknowledgements", { ids: [] }, /ids/],
      ["acknowledgements", { ids: Array.from({ length: maxFoundAtOnce + 1 }, (_, i) => i + 1) }, /ids/],
      ["acknowledgements", { until: 1, q: "prot:22" }, /unknown term "prot"/],
      ["acknowledgements", { until: 1, note: "x".repeat(501) }, /note/],
      ["acknowledgements", { until: 1, by: "root" }, /by/],
      ["acknowledgements/withdrawal", { at }, /ids/],
      ["acknowledgements/withdrawal", { at, ids: [] }, /ids/],
      ["acknowledgements/withdrawal", { at: "today", ids: [1] }, /at/],
      ["acknowledgements/withdrawal", { at, ids: Array.from({ length: maxFoundAtOnce + 1 }, (_, i) => i + 1) }, /ids/],
    ] as const) {
      const { status, json } = await ask("POST", `discoveries/${path}`, body);
      assert.equal(status, 400, JSON.stringify(json));
      assert.match(String(json["message"]), words);
    }
    assert.equal((await server.get("/api/v1/discoveries/unacknowledged?until=0")).status, 400);
  });
});

test("services, hosts and discoveries are found by the approval of their device, negated too", async () => {
  const mac = "52:54:00:00:00:77";
  await store.devices.record({
    watch: "approval",
    at: Date.now(),
    present: [{ mac: parseMac(mac) ?? assert.fail(), address: address("192.0.2.77"), link: "eth0" }],
    names: new Map(),
    vendors: new Map(),
    probed: [],
    policy,
    audiences: [],
  });
  const sees = [sighting("192.0.2.77", 443), sighting("192.0.2.78", 443)];
  await look(store, { watch: "approval", at: Date.now(), ports: [443], sees });
  await store.devices.setApproved(parseMac(mac) ?? assert.fail(), true);
  const found = async (list: string, q: string) =>
    (await rows(`${list}?q=${encodeURIComponent(`address:192.0.2.76/30 ${q}`)}`)).map(
      // Of what a survey found of a device: all of its addresses.
      (row) => row["address"] ?? String(row["addresses"]),
    );
  for (const list of ["services", "hosts", "discoveries"]) {
    assert.deepEqual(new Set(await found(list, "approved")), new Set(["192.0.2.77"]), list);
    const others = await found(list, "NOT approved");
    assert.ok(others.includes("192.0.2.78") && !others.includes("192.0.2.77"), `${list} ${others.join(" ")}`);
  }
  assert.deepEqual(await found("services", "port:443 NOT approved approved:no"), ["192.0.2.78"]);
  assert.deepEqual(await found("hosts", "present approved"), ["192.0.2.77"]);
  const groups = await rows("services/groups?by=subnet&q=approved");
  assert.deepEqual(groups, [{ key: "192.0.2.0/24", count: 1 }]);
});

test("a term of another list is no plain word, unless it is in quotation marks", async () => {
  const answer = await server.get("/api/v1/scans?q=NOT+approved");
  assert.equal(answer.status, 400);
  const { message } = (await answer.json()) as { message: string };
  assert.match(message, /^q: approved is a term of services, hosts, devices, discoveries, and not of this list/);
  assert.equal((await server.get("/api/v1/scans?q=%22approved%22")).status, 200);
  assert.equal((await server.get("/api/v1/services/groups?by=subnet&q=acknowledged")).status, 400);
});

test("days of a search begin in the configured time zone", async () => {
  const count = async (q: string) => {
    let found = 0;
    // A search ends its page early where it has read enough, so that a page may have fewer rows than its limit.
    for (let cursor: unknown = ""; cursor !== undefined; ) {
      const place = `discoveries?limit=1000&q=${encodeURIComponent(q)}${cursor === "" ? "" : `&cursor=${String(cursor)}`}`;
      const page = await server.json(`/api/v1/${place}`);
      found += (page["rows"] as readonly unknown[]).length;
      cursor = page["next"];
    }
    return found;
  };
  const all = await count("");
  assert.equal(await count("since:yesterday"), all);
  assert.equal(await count("since:yesterday since:today"), await count("since:today"));
  assert.equal((await count("since:today")) + (await count("until:today")), all);
  assert.equal(await count(`since:${dayOf(Date.now(), "UTC")}`), await count("since:today"));
  for (const list of ["discoveries", "services", "connections/summary", "sources"]) {
    const answer = await server.get(`/api/v1/${list}?q=since:tomorrow`);
    assert.equal(answer.status, 400, list);
    assert.match(await answer.text(), /expected today, yesterday, a date such as 2026-01-31.*2d/, list);
  }
});

test("services and devices are sorted over the API, page by page", async () => {
  const seen = async (query: string) => (await rows(`services?${query}`)).map(({ lastSeen }) => String(lastSeen));
  const all = await seen("sort=lastSeen&order=descending");
  assert.ok(all.length > 2);
  assert.deepEqual(all, all.toSorted().toReversed());
  const first = await server.json("/api/v1/services?sort=lastSeen&order=descending&limit=1");
  const second = await rows(`services?sort=lastSeen&order=descending&limit=1&cursor=${first["next"]}`);
  assert.equal(second[0]?.["lastSeen"], all[1]);
  assert.equal((await server.get(`/api/v1/services?limit=1&cursor=${first["next"]}`)).status, 400);
  assert.equal((await server.get("/api/v1/services?sort=port")).status, 400);
  // Of another list, with a key of the same form, and of an earlier version, with a key of this list.
  const hosts = await server.json("/api/v1/hosts?limit=1");
  for (const cursor of [hosts["next"], formatCursor(["127.0.0.1", 1])]) {
    const answer = await server.get(`/api/v1/services?cursor=${String(cursor)}`);
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /cursor: it is from another list.*first page/);
  }
  assert.equal((await server.get("/api/v1/devices?sort=name")).status, 200);
});
