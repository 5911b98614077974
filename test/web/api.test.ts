// The API over a store that scans, checks, surveys and decoys have filled.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { parse as parseOpenApi, validate as validateOpenApi } from "@readme/openapi-parser";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { parse as parseCsv } from "csv-parse/sync";
import { parseMac } from "../../src/core/device.ts";
import { formatCursor } from "../../src/core/page.ts";
import type { Store } from "../../src/core/store.ts";
import type { Watch } from "../../src/core/watch.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { sourceDetailsSchema } from "../../src/present/connections/source-schema.ts";
import type { ConnectionSummaryJson } from "../../src/present/connections/summary-schema.ts";
import type { OverviewJson } from "../../src/present/overview/overview-schema.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { RunningState } from "../../src/web/context.ts";
import { identify } from "../../src/wire/identify.ts";
import { repository } from "../docs/markdown.ts";
import { fillStore } from "../e2e/examined-store.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { connection, from, queueAlert, record } from "../store/inbound-sample.ts";
import { address, hour, look, policy, sighting, start } from "../store/sample.ts";
import { type ApiServer, apiServer } from "./api-server.ts";
import { RunningWeb, tokens, until } from "./running-web.ts";

const watch: Watch = {
  name: "lan-web",
  label: "Web",
  ports: [443, 6379],
  recipients: [],
  scan: { engine: "connect", targets: ["10.0.0.0/24"], exclude: [] },
  checks: ["cert"],
  goneAfter: 3,
  reportOn: "changes",
};

const running: RunningState = {
  watches: () => [
    { watch, isRunning: true, nextAt: start },
    { watch: { ...watch, name: "lan-ssh", label: "SSH", ports: [22] }, isRunning: false },
  ],
  listeners: () => [
    { name: "decoy", ports: [22, 23], endpoints: [{ address: address("127.0.0.1"), port: 22 }], resetEarly: 7 },
  ],
  settings: () => ({ web: { listen: "127.0.0.1:8417" } }),
  shownRecipients: () => new Map([["mail", "hidden"]]),
};

const filledAt = Date.now();
const hostile = '=cmd|"/c calc"!A1';

describe("the API", () => {
  let stack = new AsyncDisposableStack();
  let store: Store;
  let api: ApiServer;

  before(async () => {
    stack = new AsyncDisposableStack();
    const folder = stack.use(temporaryFolder());
    await fillStore(folder.path);
    store = stack.use(await openStore({ location: path.join(folder.path, "harbinger.db"), thread: "caller" }));
    const now = filledAt;
    await record(
      store,
      Array.from({ length: 30 }, (_, i) =>
        connection(`c${i}`, {
          at: now - i * hour,
          local: { address: address("192.0.2.1"), port: i % 3 === 0 ? 22 : 80 },
          ...from(i % 10 === 0 ? "10.0.0.5" : `198.51.100.${i % 5}`),
        }),
      ),
      [],
    );
    const mac = parseMac("52:54:00:00:00:10") ?? assert.fail();
    const other = parseMac("da:a1:19:00:00:60") ?? assert.fail();
    await store.devices.record({
      watch: "lan-web",
      at: now,
      present: [
        { address: address("10.0.0.5"), mac, link: "eth0" },
        { address: address("10.0.0.9"), mac: other, link: "eth0" },
      ],
      names: new Map([[mac, [{ name: "nas", source: "dns" }]]]),
      vendors: new Map([[mac, "QEMU"]]),
      probed: [],
      policy: { goneAfter: 3, flapLimit: 4, flapWindowMs: hour },
      audiences: [],
    });
    await store.devices.setName(mac, hostile);
    await store.devices.setApproved(mac, true);
    await queueAlert(store, "a1", now);
    const target = { kind: "source", first: address("203.0.113.0"), last: address("203.0.113.255") } as const;
    await store.mutes.add({ target, note: hostile, by: "ada", at: now, until: now + hour });
    api = stack.use(await apiServer(store, { running }));
  });
  after(async () => await stack.disposeAsync());

  const rows = async (query: string) => (await api.json(`/api/v1${query}`))["rows"] as Record<string, unknown>[];

  test("describes itself by a valid OpenAPI document, which the real answers fit", async () => {
    const document = await api.json("/openapi.json");
    const outcome = await validateOpenApi(structuredClone(document) as Parameters<typeof validateOpenApi>[0]);
    assert.ok(outcome.valid, JSON.stringify(outcome));
    const { paths = {} } = await parseOpenApi(structuredClone(document) as Parameters<typeof parseOpenApi>[0]);
    const ajv = new Ajv2020({ strict: false });
    formats.default(ajv);
    const [report] = await rows("/reports");
    const asked = Object.entries(paths).flatMap(([template, item]) => {
      const { responses } = item?.get ?? {};
      const schema = schemaIn(responses);
      return schema === undefined ? [] : [{ template, schema }];
    });
    assert.ok(asked.length >= 14, JSON.stringify(asked.map(({ template }) => template)));
    for (const { template, schema } of asked) {
      const actual = template
        .replace("{address}", "10.0.0.5")
        .replace("/connections/{id}", "/connections/c0")
        .replace("{id}", String(report?.["id"]))
        .replace(/\/groups$/, "/groups?by=subnet");
      const answer = await api.json(actual);
      if ("rows" in answer) assert.notEqual((answer["rows"] as unknown[]).length, 0, template);
      const fits = ajv.compile(schema);
      assert.ok(fits(answer), `${template}: ${ajv.errorsText(fits.errors)}`);
    }
  });

  test("has every term of a search in its reference", async () => {
    const reference = readFileSync(path.join(repository, "docs/reference/api.md"), "utf8");
    const { paths } = (await api.json("/openapi.json")) as { paths: Record<string, { get?: Operation }> };
    const described = Object.entries(paths).flatMap(([place, { get }]) => {
      const q = get?.parameters?.find(({ name }) => name === "q")?.description;
      return q === undefined ? [] : [{ list: place.replace(/^\/api\/v1\/([^/]+).*$/, "$1"), q }];
    });
    assert.equal(described.length, 18);
    for (const { list, q } of described) {
      const row = reference.split("\n").find((line) => /^\| ([a-z, ]+) \|/.exec(line)?.[1]?.split(", ").includes(list));
      assert.ok(row !== undefined, list);
      const names = [...q.matchAll(/`([a-z-]+)[:`]/g)].map(([, name]) => name);
      assert.ok(names.length > 1, list);
      for (const name of names) assert.ok(row.includes(`\`${name}:`) || row.includes(`\`${name}\``), `${list} ${name}`);
    }
  });

  test("gives each list page by page, in both orders", async () => {
    for (const list of [
      "services",
      "hosts",
      "devices",
      "certificates",
      "discoveries",
      "scans",
      "connections",
      "deliveries",
      "watches",
    ]) {
      const whole = await rows(`/${list}?limit=1000`);
      const pages: unknown[] = [];
      let cursor = "";
      do {
        const page = await api.json(`/api/v1/${list}?limit=1${cursor}`);
        pages.push(...(page["rows"] as unknown[]));
        cursor = page["next"] === undefined ? "" : `&cursor=${String(page["next"])}`;
      } while (cursor !== "");
      assert.deepEqual(pages, whole, list);
      const orders = await Promise.all(["ascending", "descending"].map((order) => rows(`/${list}?order=${order}`)));
      assert.deepEqual(orders[0], orders[1]?.toReversed(), list);
    }
  });

  test("finds rows by words, by terms, and by their negation", async () => {
    const count = async (list: string, q: string) => (await rows(`/${list}?q=${encodeURIComponent(q)}`)).length;
    for (const [list, q, expected] of [
      ["services", "port:443", 3],
      ["services", "NOT port:443", 2],
      ["services", "address:10.0.0.0/24 NOT port:443", 1],
      ["services", "redis", 1],
      ["services", "address:10.0.0.5", 2],
      ["services", "address:fd00::/16 NOT address:10.0.0.0/8", 1],
      ["services", "address:10.0.0.0/24 address:fd00::/16", 0],
      ["services", "hostname:größe", 0],
      ["hosts", "address:10.0.0.0/30", 0],
      ["services", "state:present", 5],
      ["services", "fd00::7", 1],
      ["services", "10.0.0.5:443", 1],
      ["services", "10.0.0.5:80", 0],
      ["hosts", "10.0.0.5:443", 1],
      ["hosts", "[::1]:443", 0],
      ["discoveries", "[fd00::99]:443", 0],
      ["services", "vendor:qemu", 2],
      ["services", "NOT vendor:qemu", 3],
      ["services", "mac:5254.0000.0010", 2],
      ["services", "52:54:00:00:00:10", 2],
      ["services", "name:cmd", 2],
      ["services", "name:nas", 2],
      ["services", "NOT name:nas", 3],
      ["services", "exposed", 1],
      ["services", "NOT exposed", 4],
      ["hosts", "vendor:qemu", 1],
      ["hosts", "mac:52:54:00:00:00:10 name:NAS", 1],
      ["hosts", "NOT vendor:qemu", 3],
      ["hosts", "cmd", 1],
      ["hosts", "exposed", 1],
      ["hosts", "NOT exposed", 3],
      ["hosts", "port:443", 3],
      ["hosts", "address:10.0.0.6", 1],
      ["devices", "approved", 1],
      ["devices", "NOT approved", 1],
      ["devices", "approved:no randomised", 1],
      ["devices", "present since:1d vendor:QEMU", 1],
      ["devices", "NOT present", 0],
      ["devices", "vendor:qemu", 1],
      ["devices", "52:54:00:00:00:10", 1],
      ["devices", "mac:5254.0000.0010", 1],
      ["devices", "52-54-00-00-00-10", 1],
      ["devices", "NOT 52-54-00-00-00-10", 1],
      ["connections", "port:22", 10],
      ["connections", "NOT port:22", 20],
      ["connections", "peer:198.51.100.0/24 NOT peer:198.51.100.1", 21],
      ["connections", "since:270m", 5],
      ["connections", "protocol:http port:22 since:1d", 8],
      ["connections", "device:nas", 0],
      ["connections", "NOT device:nas", 30],
      ["sources", "device:nas", 0],
      ["certificates", "expiring:30d", 2],
      ["certificates", "expiring:0", 1],
      ["certificates", "expiring", 2],
      ["certificates", "Expiring NOT expired", 1],
      ["certificates", "NOT expiring", 1],
      ["certificates", "expiring:no", 1],
      ["certificates", "expired", 1],
      ["certificates", "expired:yes", 1],
      ["certificates", "NOT expired", 2],
      ["certificates", "expired expiring:30d", 1],
      ["certificates", "address:10.0.0.0/8 self-signed", 2],
      ["certificates", "NOT self-signed", 1],
      ["certificates", "self-signed", 2],
      ["discoveries", "kind:exposed", 1],
      ["discoveries", "kind:exposed kind:new", 0],
      ["discoveries", "kind:device-new", 2],
      ["discoveries", "Device new", 2],
      ["discoveries", '"device new"', 0],
      ["discoveries", "kind:Exposed port:6379", 1],
      ["discoveries", "kind:exposed NOT first-scan first-scan", 0],
      ["discoveries", "kind:exposed until:2000-01-01", 0],
      ["scans", "status:complete", 1],
      ["scans", "status:complete engine:CONNECT since:2000-01-01", 1],
      ["scans", "NOT status:complete", 0],
      ["scans", "status:stopped", 0],
      ["scans", "NOT status:Stopped", 1],
      ["deliveries", "state:waiting channel:mail", 1],
      ["deliveries", "state:Waiting NOT state:dead", 2],
      ["deliveries", 'state:"given up"', 0],
      ["deliveries", 'NOT state:"given up"', 2],
      ["deliveries", "id:99999", 0],
      ["deliveries", "NOT id:99999", 2],
      ["deliveries", "given up", 0],
      ["deliveries", "NOT given up", 2],
      ["deliveries", '"given up"', 0],
      ["deliveries", "state:queued", 2],
      ["deliveries", "Waiting channel:mail", 1],
      ["deliveries", "NOT waiting", 0],
      ["deliveries", "channel:mail", 1],
      ["deliveries", "channel:Mail since:1d NOT uncertain", 1],
      ["reports", "channel:mail uncertain", 0],
      ["watches", "running", 1],
      ["watches", "port:22", 1],
      ["listeners", "NOT port:22", 0],
    ] as const) {
      assert.equal(await count(list, q), expected, `${list} ${q}`);
    }
  });

  test("shows the device of an address with its services and its host", async () => {
    const device = { mac: "52:54:00:00:00:10", vendor: "QEMU", deviceName: hostile };
    for (const service of await rows("/services?address=10.0.0.5")) {
      assert.deepEqual({ ...service, ...device }, service);
      assert.equal(service["exposed"], service["port"] === 6379 ? true : undefined);
      assert.equal("device" in service, false);
    }
    const [host] = await rows("/hosts?address=10.0.0.5");
    const { mac, vendor, deviceName } = device;
    assert.deepEqual({ ...host, macs: [mac], vendors: [vendor], deviceName, exposed: true }, host);
    const [other] = await rows("/hosts?address=10.0.0.6");
    assert.deepEqual([other?.["macs"], other?.["vendors"], other?.["deviceName"]], [[], [], undefined]);
  });

  test("takes an address and a network alone for the address of what each list has", async () => {
    for (const [list, term] of [
      ["services", "address"],
      ["hosts", "address"],
      ["devices", "address"],
      ["certificates", "address"],
      ["discoveries", "address"],
      ["connections", "peer"],
      ["sources", "peer"],
    ] as const) {
      const found = async (q: string) => await rows(`/${list}?q=${encodeURIComponent(q)}`);
      const all = await found("");
      for (const place of ["10.0.0.5", "10.0.0.0/24", "203.0.113.0/24", "192.0.2.0/31"]) {
        const named = await found(`${term}:${place}`);
        assert.deepEqual(await found(place), named, `${list}: ${place}`);
        assert.equal((await found(`NOT ${place}`)).length, all.length - named.length, `${list}: NOT ${place}`);
      }
      assert.ok((await found("0.0.0.0/0")).length > 0, list);
      assert.deepEqual(await found("0.0.0.0/0 AND 198.18.0.0/15"), [], list);
    }
    const count = async (q: string) =>
      (await api.json(`/api/v1/connections/summary?since=30d&q=${encodeURIComponent(q)}`))["total"];
    assert.equal(await count("0.0.0.0/0"), await count("peer:0.0.0.0/0"));
  });

  test("says what is wrong with a search", async () => {
    for (const [list, q, expected] of [
      ["services", "prot:443", /unknown term "prot". Did you mean "port"\? This list has: address, port, /],
      ["services", "colour:red", /unknown term "colour". This list has: address, port, /],
      ["services", '"open', /not closed/],
      ["services", "port:http", /port: expected a whole number in decimal digits, from 1 to 65535/],
      ["services", "port:70000", /port: expected a whole number in decimal digits, from 1 to 65535/],
      ["services", "NOT port:70000", /port: wrong value; write it as in port:443/],
      ["services", "state:presnt", /state: unknown value "presnt"; expected present, gone, flapping or inherited/],
      ["deliveries", "state:lost", /state: unknown value "lost"; expected open, waiting, .* or superseded/],
      ["services", "x&sort=prot", /sort: unknown value "prot"; expected address, firstSeen or lastSeen/],
      ["services", "x&vendro=apple", /unknown name "vendro". Did you mean "vendor"\?/],
      ["certificates", "expiring:soon", /expiring: expected a number of days/],
      ["devices", "mac:nonsense", /mac: expected a MAC address/],
      ["services", "NOT port:http", /port: wrong value; write it as in port:443/],
      [
        "connections",
        "since:tomorrow",
        /since: expected today, yesterday, a date such as 2026-01-31, a time .*, or how long ago/,
      ],
      [
        "connections",
        "NOT since:tomorrow",
        /since: expected today, yesterday, a date such as 2026-01-31, a time .*, or how long ago/,
      ],
      ["discoveries", "kind:news", /kind: expected one or several of new, /],
      ["deliveries", "uncertain:perhaps", /uncertain: expected yes or no/],
      ["hosts", "NOT port:22", /port can be used once, and not with NOT/],
      ["services", "port:1&port=2", /port: given twice/],
      ...["services", "hosts", "devices", "certificates", "discoveries"].map(
        (list) =>
          [
            list,
            "address:10.0.0",
            /address: expected an address \(192\.168\.1\.7\), a network \(192\.168\.1\.0\/24\)/,
          ] as const,
      ),
      ...["connections", "sources", "connections/summary"].map(
        (list) => [list, "peer:x", /peer: expected an address \(192\.168\.1\.7\), a network \(192/] as const,
      ),
    ] as const) {
      const answer = await api.get(`/api/v1/${list}?q=${q.includes("&") ? q : encodeURIComponent(q)}`);
      assert.equal(answer.status, 400, q);
      assert.match(((await answer.json()) as { message: string }).message, expected, q);
    }
  });

  test("accepts the searches that the pages suggest", async () => {
    const page = (name: string) => readFileSync(path.join(repository, "src/web/dashboard/pages", name), "utf8");
    const hints = [...page("network.tsx").matchAll(/\["(\w+)", "[A-Z]\w+", "([^"]+)"\]/g)].map(([, list, q]) => [
      list,
      q,
    ]);
    for (const [list, name] of [
      ["connections", "knocks.tsx"],
      ["connections/summary", "knock-summary.tsx"],
      ["sources", "sources.tsx"],
      ["scans", "scans.tsx"],
      ["deliveries", "deliveries.tsx"],
      ["reports", "reports.tsx"],
    ] as const)
      hints.push([list, /hint="([^"]+)"/.exec(page(name))?.[1]]);
    assert.equal(hints.length, 12);
    for (const [list, q = ""] of hints) {
      assert.notEqual(q, "", list);
      const answer = await api.get(`/api/v1/${list}?q=${encodeURIComponent(q)}`);
      assert.equal(answer.status, 200, `${list} ${q}`);
    }
  });

  test("reads a bounded number of rows for a search, and goes on at the cursor", async () => {
    let reads = 0;
    const counted: Store = {
      ...store,
      connections: {
        newBatch: () => store.connections.newBatch(),
        record: (...all) => store.connections.record(...all),
        setOrigins: (all) => store.connections.setOrigins(all),
        get: (id) => store.connections.get(id),
        payloads: (ids) => store.connections.payloads(ids),
        count: () => store.connections.count(),
        source: (peer) => store.connections.source(peer),
        sources: (query) => store.connections.sources(query),
        summary: (query) => store.connections.summary(query),
        prune: (options) => store.connections.prune(options),
        list: (query) => {
          reads += 1;
          return store.connections.list(query);
        },
      },
    };
    // Its time stands still: only rows and queries limit the search.
    await using other = await apiServer(counted, { clock: { ...systemClock, monotonic: () => 0 } });
    await record(
      store,
      Array.from({ length: 200 }, (_, i) => connection(`old${i}`, { at: 1_000_000 + i })),
      [],
    );
    const first = await other.json("/api/v1/connections?limit=2&q=NOT+port:8080+NOT+since:1d");
    assert.ok(reads <= 50);
    assert.ok((first["rows"] as unknown[]).length <= 2);
    reads = 0;
    const none = await other.json("/api/v1/connections?limit=1&q=NOT+listener:decoy");
    assert.deepEqual(none["rows"], []);
    assert.equal(typeof none["next"], "string");
    assert.equal(reads, 50);
    reads = 0;
    // The store finds no row with this word, and ends.
    const found = await other.json("/api/v1/connections?limit=1&q=nowhere");
    assert.deepEqual(found, { rows: [] });
    assert.equal(reads, 1);
  });

  test("bounds the bytes of a page, and loses no row by that", async () => {
    using folder = temporaryFolder();
    await using large = await openStore({ location: path.join(folder.path, "large.db"), thread: "caller" });
    const count = 90;
    await record(
      large,
      Array.from({ length: count }, (_, i) =>
        connection(`c${i}`, { at: start + i, payload: new Uint8Array(60_000).fill(i) }),
      ),
      [],
    );
    await look(large, { at: start, watch: "large", sees: [sighting("10.0.0.1")] });
    const [first] = (await large.discoveries.list({ limit: 1 })).rows;
    await look(large, {
      at: start + 1,
      watch: "large",
      sees: Array.from({ length: 100 }, (_, i) => sighting(`10.0.1.${i}`)),
    });
    const found = (await large.discoveries.list({ limit: 1000 })).rows;
    await large.discoveries.setEvidence(found.map(({ id }) => ({ id, evidence: `${id} `.padEnd(90_000, "e") })));
    await using other = await apiServer(large);
    for (const [place, expected] of [
      ["/api/v1/connections?limit=1000", count],
      ["/api/v1/connections?limit=1000&q=decoy", count],
      ["/api/v1/connections?limit=1000&q=NOT+port:1", count],
      ["/api/v1/discoveries?limit=1000&kind=new", 101],
      ["/api/v1/discoveries?limit=1000&q=NOT+port:1", 102],
    ] as const) {
      const ids = new Set<unknown>();
      let cursor = "";
      let pages = 0;
      do {
        const answer = await other.get(`${place}${cursor}`);
        const text = await answer.text();
        assert.ok(text.length < 4.5 * 2 ** 20, `${place}: ${text.length}`);
        const page = JSON.parse(text) as { rows: { id: unknown }[]; next?: string };
        for (const { id } of page.rows) ids.add(id);
        cursor = page.next === undefined ? "" : `&cursor=${page.next}`;
        pages++;
      } while (cursor !== "");
      assert.equal(ids.size, expected, place);
      assert.ok(pages > 1 && pages < 12, `${place}: ${pages}`);
    }
    const lines = await (await other.get("/api/v1/connections?format=jsonl&q=NOT+port:1")).text();
    const exported = lines
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { payload: string });
    assert.deepEqual(
      exported.map(({ payload }) => Buffer.from(payload, "base64").length),
      Array.from({ length: count }, () => 60_000),
    );
    assert.notEqual(first, undefined);
  });

  test("exports whole lists as JSON lines and CSV, with cells that no spreadsheet runs", async () => {
    const lines = await api.get("/api/v1/connections?format=jsonl&q=NOT+port:8080");
    assert.equal(lines.headers.get("content-disposition"), 'attachment; filename="connections.jsonl"');
    const found = (await lines.text())
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    assert.deepEqual(found, await rows("/connections?q=NOT+port:8080&limit=1000"));
    const answer = await api.get("/api/v1/devices", { accept: "text/csv" });
    assert.equal(answer.headers.get("content-type"), "text/csv; charset=utf-8");
    const records = parseCsv(await answer.text(), { columns: true }) as Record<string, string>[];
    const own = records.find(({ mac }) => mac === "52:54:00:00:00:10");
    assert.equal(own?.["name"], `'${hostile}`);
    assert.equal(own?.["addresses"], "10.0.0.5");
    const peers = parseCsv(await (await api.get("/api/v1/connections?format=csv&limit=3")).text(), { columns: true });
    assert.deepEqual(
      (peers as Record<string, string>[]).map((row) => row["peer.address"]),
      (await rows("/connections?limit=3")).map((row) => (row["peer"] as { address: string }).address),
    );
    assert.ok((peers as Record<string, string>[]).some(({ words }) => words?.startsWith("GET /") === true));
    assert.equal((await api.get("/api/v1/devices?limit=1001")).status, 400);
    for (const wrong of ["0x10", "1e1", "%2B5", "5.0", "", "%205", "0b1", "0", "99999999999999999999"]) {
      for (const place of [`devices?limit=${wrong}`, `services?port=${wrong}`, `connections/summary?top=${wrong}`]) {
        const answer = await api.get(`/api/v1/${place}`);
        assert.equal(answer.status, 400, place);
      }
    }
    for (const wrong of ["0x10", "1e1", ""])
      for (const place of [`connections?asn=${wrong}`, `connections/summary?q=asn:${wrong}x`, `reports/${wrong}x`])
        assert.equal((await api.get(`/api/v1/${place}`)).status, 400, place);
    assert.equal((await rows("/devices?limit=01")).length, 1);
  });

  test("names in the OpenAPI document the path of a reverse proxy", async () => {
    await using other = await apiServer(store, { running }, { base_path: "/harbinger" });
    const { servers, paths } = await other.json("/harbinger/openapi.json");
    assert.deepEqual(servers, [{ url: "/harbinger" }]);
    assert.ok("/api/v1/services" in (paths as object));
    assert.equal((await other.get("/harbinger/api/v1/services")).status, 200);
  });

  test("runs two exports of a client at once, as fast as it reads, and a client that leaves ends its own", async () => {
    const large = new Uint8Array(60_000).fill(65);
    const many = (page: number) =>
      Array.from({ length: 200 }, (_, i) => connection(`p${page}-${i}`, { at: 2_000_000, payload: large }));
    let reads = 0;
    await using other = await apiServer({
      ...store,
      connections: {
        newBatch: () => store.connections.newBatch(),
        record: (...all) => store.connections.record(...all),
        setOrigins: (all) => store.connections.setOrigins(all),
        get: (id) => store.connections.get(id),
        payloads: (ids) => store.connections.payloads(ids),
        count: () => store.connections.count(),
        source: (peer) => store.connections.source(peer),
        sources: (query) => store.connections.sources(query),
        summary: (query) => store.connections.summary(query),
        prune: (options) => store.connections.prune(options),
        // It never ends.
        list: async () => {
          reads += 1;
          return { rows: many(reads), next: formatCursor([reads]) };
        },
      },
    });
    const begin = async () => {
      const request = http.get(`${other.url}/api/v1/connections?format=csv`, { agent: false });
      request.on("error", () => {});
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      response.on("error", () => {});
      return response;
    };
    const begun = await Promise.all(Array.from({ length: 2 }, begin));
    assert.ok(begun.every(({ statusCode }) => statusCode === 200));
    assert.equal((await begin()).statusCode, 429);
    // Nobody reads: no more than a few pages a client are asked for.
    assert.ok(reads <= 2 * 3, `${reads} reads`);
    begun[0]?.destroy();
    await until("the place is free", async () => {
      const response = await begin();
      const { statusCode } = response;
      response.destroy();
      return statusCode === 200;
    });
    for (const response of begun) response.destroy();
  });

  test("has all of one source, and who else has its fingerprints", async () => {
    const hello = readFileSync(path.join(repository, "src/wire/tls/fixtures/nmap-tls-session-request.bin"));
    const identification = identify(hello);
    assert.ok(identification.tls?.ja4 !== undefined);
    using folder = temporaryFolder();
    await using other = await openStore({ location: path.join(folder.path, "harbinger.db"), thread: "caller" });
    await using server = await apiServer(other);
    await record(
      other,
      ["203.0.113.50", "203.0.113.50", "203.0.113.51"].map((peer, i) =>
        connection(`tls${i}`, { at: filledAt - i * hour, ...from(peer), payload: hello, identification }),
      ),
      [],
    );
    const source = sourceDetailsSchema.parse(await server.json("/api/v1/sources/203.0.113.50"));
    assert.equal(source.count, 2);
    assert.equal(source.known, false);
    assert.equal(source.lastSeen, new Date(filledAt).toISOString());
    assert.equal(source.firstSeen, new Date(filledAt - hour).toISOString());
    assert.deepEqual(source.protocols, [{ protocol: "tls", count: 2 }]);
    const [fingerprint] = source.fingerprints;
    assert.equal(fingerprint?.value, identification.tls.ja4);
    assert.equal(fingerprint.otherSources, 1);
    assert.deepEqual(
      fingerprint.others?.map(({ address, count }) => [address, count]),
      [["203.0.113.51", 1]],
    );
    const own = sourceDetailsSchema.parse(await api.json("/api/v1/sources/10.0.0.5"));
    assert.equal(own.known, true);
    assert.equal(own.device?.approved, true);
    assert.equal((await api.get("/api/v1/sources/192.0.2.99")).status, 404);
    assert.equal((await api.get("/api/v1/sources/nowhere")).status, 400);
  });

  test("finds the sources of connections that are also known as hosts", async () => {
    const known = await rows("/connections?q=known");
    assert.equal(known.length, 3);
    for (const row of known) assert.equal(row["known"], true);
    const others = await rows("/connections?q=NOT%20known&limit=1000");
    assert.ok(others.length > 20);
    for (const row of others) assert.equal(row["known"], undefined);
  });

  test("has all of one host, and one connection with its payload", async () => {
    const host = await api.json("/api/v1/hosts/10.0.0.5");
    assert.equal((host["services"] as unknown[]).length, 2);
    assert.equal((host["connections"] as unknown[]).length, 3);
    assert.equal((host["device"] as { approved: boolean }).approved, true);
    assert.equal((await api.json("/api/v1/hosts/fd00::7"))["address"], "fd00::7");
    assert.equal((await api.get("/api/v1/hosts/10.9.9.9")).status, 404);
    assert.equal((await api.get("/api/v1/hosts/nowhere")).status, 400);
    assert.equal(host["connectionCount"], 3);
    const one = await api.json("/api/v1/connections/c0");
    assert.match(Buffer.from(String(one["payload"]), "base64").toString(), /^GET /);
    assert.equal((await api.get("/api/v1/connections/c99")).status, 404);
  });

  test("never shows a secret recipient", async () => {
    for (const list of ["deliveries", "reports"]) {
      assert.ok((await rows(`/${list}`)).every((row) => row["channel"] !== "mail" || row["recipient"] === "hidden"));
    }
  });

  test("counts what came since the last answer, also if both ends of the time span are given", async () => {
    using folder = temporaryFolder();
    await using growing = await openStore({ location: path.join(folder.path, "growing.db"), thread: "caller" });
    await using other = await apiServer(growing, { running });
    const at = Math.floor(Date.now() / hour) * hour;
    const ends = `since=${new Date(at).toISOString()}&until=${new Date(at + 2 * hour).toISOString()}`;
    const total = async () => (await other.json(`/api/v1/connections/summary?${ends}`))["total"];
    assert.equal(await total(), 0);
    await record(growing, [connection("late", { at: at + 1 })], []);
    await until("the connection is counted", async () => (await total()) === 1);
  });

  test("counts connections of a time span by what a search finds", async () => {
    const clock = { ...systemClock, now: () => filledAt };
    await using other = await apiServer(store, { running, clock });
    const summary = async (query: string) =>
      (await other.json(`/api/v1/connections/summary${query}`)) as unknown as ConnectionSummaryJson;
    const day = await summary("");
    assert.deepEqual([day.total, day.interval, day.series.length], [24, "hour", 25]);
    assert.deepEqual(
      day.series.map(({ count }) => count),
      [...Array.from({ length: 24 }, () => 1), 0],
    );
    assert.equal(day.peers.length, day.sources);
    const ssh = await summary("?q=port:22");
    assert.deepEqual([ssh.total, ssh.ports], [8, [{ port: 22, count: 8 }]]);
    for (const words of [
      "since:25h NOT port:22",
      "since:20h until:3h peer:198.51.100.0/24",
      "since:9h agent:curl listener:decoy",
    ]) {
      const q = encodeURIComponent(words);
      const found = await other.json(`/api/v1/connections?limit=1000&q=${q}`);
      const { total } = await summary(`?top=1&q=${q}`);
      assert.equal(total, (found["rows"] as unknown[]).length, words);
    }
    assert.equal((await summary(`?since=${new Date(filledAt - 3 * 3_600_000).toISOString()}`)).total, 3);
    const month = await summary("?since=30d");
    assert.equal(month.interval, "day");
    assert.equal(
      month.series.reduce((sum, { count }) => sum + count, 0),
      month.total,
    );
    for (const wrong of ["since=400d", "since=40d&interval=hour", "q=nowhere", "q=hostname:x", "q=port:x", "top=101"]) {
      const answer = await other.get(`/api/v1/connections/summary?${wrong}`);
      assert.equal(answer.status, 400, wrong);
    }
    const answer = await other.get("/api/v1/connections/summary?q=hostname:x");
    const { message } = (await answer.json()) as { readonly message: string };
    assert.equal(
      message,
      'q: "hostname" is not known here. A summary takes these terms: since, until, peer, port, protocol, listener, country, organization, asn, ja4, hassh, agent.',
    );
  });

  test("answers with the overview before the connections are counted, and has them in a later answer", async () => {
    // Too late at once.
    const clock = { ...systemClock, now: () => filledAt, sleep: async () => {} };
    await using other = await apiServer(store, { running, clock });
    const overview = async () => (await other.json("/api/v1/overview")) as unknown as OverviewJson;
    const first = await overview();
    assert.equal(first.connections, undefined);
    assert.ok(first.watches.length > 0);
    await until("the connections are counted", async () => (await overview()).connections?.total === 24);
  });

  test("has an overview of the last 24 hours", async () => {
    const news = { at: filledAt, watch: "lan-web", sees: [sighting("10.0.0.8", 443)] };
    await look(store, { ...news, outcome: { policy: { ...policy, goneAfter: 9 } } });
    // However long the connections take to count, the answer waits.
    const clock = { ...systemClock, now: () => filledAt, sleep: () => new Promise<never>(() => {}) };
    await using other = await apiServer(store, { running, clock });
    const overview = (await other.json("/api/v1/overview")) as unknown as OverviewJson;
    assert.deepEqual(overview.discoveries.counts, [{ kind: "new", count: 1, over: 0 }]);
    assert.deepEqual(
      overview.discoveries.latest.map(({ address: host }) => host),
      ["10.0.0.8"],
    );
    const { urgent } = overview.discoveries;
    assert.deepEqual([urgent.count, urgent.latest.map(({ address: host }) => host)], [1, ["10.0.0.5"]]);
    assert.ok(overview.connections !== undefined);
    const { total, sources, listeners, peers, protocols, ports } = overview.connections;
    assert.equal(total, 24);
    assert.equal(sources, peers.length);
    assert.deepEqual(listeners, [
      { listener: "decoy", total: 24, hours: Array.from({ length: 24 }, () => 1), resetEarly: 7 },
    ]);
    assert.equal(
      peers.reduce((sum, { count }) => sum + count, 0),
      24,
    );
    assert.deepEqual(protocols, [{ protocol: "http", count: 24 }]);
    assert.deepEqual(ports, [
      { port: 80, count: 16 },
      { port: 22, count: 8 },
    ]);
    assert.deepEqual(
      overview.deliveries.states.map(({ state, count }) => [state, count]),
      [
        ["open", 1],
        ["waiting", 2],
      ],
    );
    assert.deepEqual(
      overview.watches.map(({ name, running: isRunning, lastScan }) => [name, isRunning, lastScan?.status]),
      [
        ["lan-web", true, "complete"],
        ["lan-ssh", false, undefined],
      ],
    );
    assert.deepEqual(
      overview.watches.map(({ openPorts }) => openPorts.length > 0),
      [true, false],
    );
  });
});

test("the running program shows its watches, its listeners, its settings without secrets, and who knocked", async () => {
  const decoy = await freePort();
  await using web = await RunningWeb.start(`
watches: { own: { targets: [127.0.0.1], ports: [${decoy}], label: Own, schedule: "0 4 1 1 *" } }
listeners: { decoy: { ports: [${decoy}], host: 127.0.0.1 } }
alerts: { ignore: { loopback: false } }
notify: { ntfy: { topic: a-very-secret-topic } }
`);
  const [listener] = await web.rows("/listeners");
  assert.deepEqual(listener, {
    name: "decoy",
    ports: String(decoy),
    portCount: 1,
    open: [{ address: "127.0.0.1", ports: String(decoy) }],
    resetEarly: 0,
  });
  await until("connections that are reset at once are counted", async () => {
    for (let made = 0; made < 10; made += 1) await resetConnection(decoy);
    return Number((await web.rows("/listeners"))[0]?.["resetEarly"]) > 0;
  });
  const [own] = await web.rows("/watches?q=name:own");
  assert.equal(own?.["schedule"], "0 4 1 1 *");
  assert.match(String(own?.["nextAt"]), /^\d{4}-/);
  const settings = await web.ask("GET", "/api/v1/settings", { role: "read" });
  assert.equal(settings.status, 200);
  assert.match(settings.body, /"schedule":"0 4 1 1 \*"/);
  for (const secret of [...Object.values(tokens), "a-very-secret-topic"]) assert.ok(!settings.body.includes(secret));
  await fetch(`http://127.0.0.1:${decoy}/knock`).catch(() => {});
  await until("the connection is listed", async () => (await web.rows("/connections?q=knock")).length === 1);
  const ask = async () => JSON.parse((await web.ask("GET", "/api/v1/overview", { role: "read" })).body) as OverviewJson;
  let overview = await ask();
  assert.ok(overview.watches.some(({ name }) => name === "own"));
  await until("the connections are counted", async () => {
    overview = await ask();
    return overview.connections !== undefined;
  });
  assert.deepEqual(
    overview.connections?.listeners.map((each) => each.listener),
    ["decoy"],
  );
});

/** Connects and resets the connection, as a connect scan does. */
function resetConnection(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.resetAndDestroy());
    socket.on("error", () => {});
    socket.once("close", () => resolve());
  });
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
}

function schemaIn(responses: unknown): object | undefined {
  let value: unknown = responses;
  for (const key of ["200", "content", "application/json", "schema"]) {
    value = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  }
  return typeof value === "object" && value !== null ? value : undefined;
}
