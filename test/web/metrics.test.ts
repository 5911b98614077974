import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { findProgram } from "../../src/platform/programs.ts";
import { freePort } from "../harness/free-port.ts";
import { HttpServer } from "../harness/http-server.ts";
import { openPort } from "../harness/open-port.ts";
import { connectTo, freePorts } from "../harness/reloading.ts";
import { RunningWeb, tokens, until } from "./running-web.ts";

const prometheus = findProgram("prometheus");
const promtool = findProgram("promtool");
const skip = (prometheus === undefined || promtool === undefined) && "Prometheus is not installed";
const deploy = path.resolve(import.meta.dirname, "../../deploy");
const rules = path.join(deploy, "prometheus/alerts.yaml");

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}
const dashboard: Dashboard = JSON.parse(readFileSync(path.join(deploy, "grafana/harbinger.json"), "utf8"));

/** A program that scanned, was connected to three times, and delivered what it found. */
async function busyProgram(decoy: number, hook: string, open: number): Promise<RunningWeb> {
  const web = await RunningWeb.start(`notify: { webhooks: { hook: { url: "${hook}" } } }
alerts: { notify: [hook], ignore: { loopback: false } }
enrich: { rdns: { enabled: false }, geoip: { country_data: false } }
watches: { lan: { targets: [127.0.0.1], ports: [${open}], notify: [hook] } }
listeners: { decoy: { host: 127.0.0.1, ports: ${decoy} } }
`);
  for (let count = 0; count < 3; count += 1) assert.equal((await connectTo(decoy)).error, undefined);
  return web;
}

async function metricsOf(web: RunningWeb): Promise<string> {
  const { status, body } = await web.ask("GET", "/metrics", { role: "read" });
  assert.equal(status, 200, body);
  return body;
}

test("the metrics count what happened, and name no address", { skip }, async () => {
  await using open = await openPort("127.0.0.1");
  await using server = await HttpServer.start();
  const [decoy = 0] = await freePorts(1);
  await using web = await busyProgram(decoy, `${server.url}/hook`, open.port);
  assert.equal((await web.ask("GET", "/metrics")).status, 401);
  // Looks whether the decoys accept, by connections of its own.
  for (let looks = 0; looks < 3; looks += 1) assert.equal((await web.ask("GET", "/readyz")).status, 200);
  let text = "";
  const expected = [
    /^harbinger_connections_total\{listener="decoy",protocol="http",end="[a-z-]+"\} 3$/m,
    /^harbinger_connections_accepted_total 3$/m,
    /^harbinger_connections_unrecorded_total 0$/m,
    /^harbinger_alerts_total 1$/m,
    /^harbinger_scans_total\{watch="lan",status="complete"\} 1$/m,
    /^harbinger_scan_covered_endpoints\{watch="lan"\} 1$/m,
    /^harbinger_scan_coverage_ratio\{watch="lan"\} 1$/m,
    /^harbinger_discoveries_total\{kind="new"\} 1$/m,
    /^harbinger_deliveries_total\{channel="webhook",state="delivered"\} 2$/m,
    /^harbinger_deliveries\{state="waiting"\} 0$/m,
    /^harbinger_store_up 1$/m,
    /^harbinger_store_query_seconds \S+$/m,
    /^nodejs_eventloop_lag_p99_seconds \S+$/m,
    /^process_resident_memory_bytes \d+$/m,
  ];
  await until("all counts", async () => {
    text = await metricsOf(web);
    return expected.every((pattern) => pattern.test(text));
  }).catch(() => assert.deepEqual(expected.filter((pattern) => !pattern.test(text)).map(String), [], text));
  const page = readFileSync(path.resolve(import.meta.dirname, "../../docs/guide/prometheus.md"), "utf8");
  for (const [, name = ""] of text.matchAll(/^# TYPE (harbinger_\w+) /gm))
    assert.ok(page.includes(`\`${name}\``), `docs/guide/prometheus.md does not name ${name}`);
  assert.doesNotMatch(text, /127\.0\.0|"\d+\.\d+\.\d+\.\d+"/);
  const checked = spawnSync(String(promtool), ["check", "metrics"], { input: text, encoding: "utf8" });
  assert.equal(checked.status, 0, checked.stderr);
});

/** Seconds that a process has used: proc_pid_stat(5), utime and stime, in the usual 100 ticks a second. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

test("the metrics count the processor time since the start of the process", async () => {
  await using web = await RunningWeb.start(
    "watches: { lan: { targets: [127.0.0.1], ports: 1, schedule: '0 0 1 1 *' } }\n",
  );
  const used = processorTime(web.pid);
  const shown = Number(/^process_cpu_seconds_total (\S+)$/m.exec(await metricsOf(web))?.[1]);
  // A tick is counted as a whole one.
  assert.ok(used > 0.1 && shown >= used - 0.05, `${shown} of ${used} s`);
});

test("promtool accepts the rules for alerts", { skip }, () => {
  const checked = spawnSync(String(promtool), ["check", "rules", rules], { encoding: "utf8" });
  assert.equal(checked.status, 0, checked.stderr);
  assert.match(checked.stdout, /11 rules found/);
});

test("a real Prometheus scrapes with a token; the rules and the dashboard find their metrics", { skip }, async () => {
  await using open = await openPort("127.0.0.1");
  await using server = await HttpServer.start();
  const [decoy = 0] = await freePorts(1);
  await using web = await busyProgram(decoy, `${server.url}/hook`, open.port);
  const folder = path.join(web.folder, "prometheus");
  mkdirSync(folder);
  const tokenFile = path.join(folder, "token");
  writeFileSync(tokenFile, tokens.read);
  copyFileSync(rules, path.join(folder, "alerts.yaml"));
  const shipped = readFileSync(path.join(deploy, "prometheus/prometheus.yaml"), "utf8");
  const configuration = shipped
    .replace("127.0.0.1:8417", `127.0.0.1:${web.port}`)
    .replace("/etc/prometheus/harbinger.token", tokenFile);
  assert.ok(configuration.includes(tokenFile) && configuration.includes(String(web.port)));
  const file = path.join(folder, "prometheus.yaml");
  writeFileSync(file, `global: { scrape_interval: 1s, evaluation_interval: 1s }\n${configuration}`);
  const port = await freePort();
  const process = spawn(
    String(prometheus),
    [`--config.file=${file}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`],
    { stdio: "ignore" },
  );
  try {
    const api = async (place: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${place}`);
      return {
        status: answer.status,
        body: (await answer.json()) as { readonly data: { readonly [key: string]: never } },
      };
    };
    const query = async (text: string): Promise<readonly { readonly value: readonly [number, string] }[]> => {
      const { status, body } = await api(`query?query=${encodeURIComponent(text)}`);
      assert.equal(status, 200, text);
      return body.data["result"] ?? [];
    };
    const isScraped = () => query("sum(harbinger_connections_total)").then(([first]) => first?.value[1] === "3");
    await until("a scrape", () => isScraped().catch(() => false));
    assert.equal((await query('up{job="harbinger"}'))[0]?.value[1], "1");

    const { groups } = (await api("rules")).body.data as unknown as {
      readonly groups: readonly { readonly rules: readonly { readonly query: string; readonly name: string }[] }[];
    };
    const queries = [
      ...groups.flatMap((group) => group.rules.map((rule) => [rule.name, rule.query] as const)),
      ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
    ];
    assert.ok(queries.length > 25);
    const known = new Set((await api("label/__name__/values")).body.data as unknown as string[]);
    for (const [name, text] of queries) {
      await query(text.replaceAll("$instance", ".*").replaceAll("$__rate_interval", "1m"));
      for (const [metric] of text.matchAll(/\b(?:harbinger|nodejs|process)_\w+/g))
        assert.ok(known.has(metric), `${name}: there is no metric ${metric}`);
    }
  } finally {
    process.kill("SIGKILL");
  }
});

/** The samples of a metric, by its labels in the order in which they are printed. */
function samplesOf(text: string, metric: string): ReadonlyMap<string, number> {
  const lines = text.matchAll(new RegExp(`^${metric}(?:\\{(.*)\\})? (\\S+)$`, "gm"));
  return new Map([...lines].map(([, labels = "", value]) => [labels, Number(value)]));
}

function countBy(
  rows: readonly Record<string, unknown>[],
  labels: (row: Record<string, unknown>) => string,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(labels(row), (counts.get(labels(row)) ?? 0) + 1);
  return counts;
}

test("after a run the metrics agree with what the API lists from the store", async () => {
  await using open = await openPort("127.0.0.1");
  await using server = await HttpServer.start();
  const [decoy = 0, closed = 0] = await freePorts(2);
  await using web = await RunningWeb.start(`notify:
  webhooks: { hook: { url: "${server.url}/hook" } }
  ntfy: { server: "http://127.0.0.1:${closed}", topic: none }
alerts: { notify: [hook, ntfy], ignore: { loopback: false } }
enrich: { rdns: { enabled: false }, geoip: { country_data: false } }
watches: { lan: { targets: [127.0.0.1], ports: [${open.port}, ${decoy}], notify: [hook] } }
listeners: { decoy: { host: 127.0.0.1, ports: ${decoy} } }
`);
  // Counted from the first scrape at the latest.
  await metricsOf(web);
  for (let count = 0; count < 3; count += 1) assert.equal((await connectTo(decoy)).error, undefined);
  const differences = async () => {
    // The lists first: what comes between both is in the metrics only, and gone in the next comparison.
    const [connections, scans, discoveries, deliveries] = [
      await web.rows("/connections?limit=1000"),
      await web.rows("/scans?limit=1000"),
      await web.rows("/discoveries?limit=1000"),
      await web.rows("/deliveries?limit=1000"),
    ];
    const text = await metricsOf(web);
    const same = (metric: string, expected: ReadonlyMap<string, number>) => {
      const found = [...samplesOf(text, metric)].filter(([, value]) => value !== 0);
      return JSON.stringify(found.sort()) === JSON.stringify([...expected].sort()) ? [] : [{ metric, found, expected }];
    };
    const waiting = deliveries.filter(({ state }) => state === "waiting");
    const ages = samplesOf(text, "harbinger_channel_oldest_waiting_seconds");
    return [
      ...(waiting.length > 0 && (ages.get('channel="ntfy"') ?? 0) > 0 && ages.get('channel="webhook"') === 0
        ? []
        : [{ ages, waiting }]),
      ...same(
        "harbinger_connections_total",
        countBy(connections, (row) => `listener="decoy",protocol="${row["protocol"]}",end="${row["end"]}"`),
      ),
      ...same(
        "harbinger_scans_total",
        countBy(
          scans.filter(({ status }) => status !== "running"),
          (row) => `watch="${row["watch"]}",status="${row["status"]}"`,
        ),
      ),
      ...same(
        "harbinger_discoveries_total",
        countBy(discoveries, (row) => `kind="${row["kind"]}"`),
      ),
      ...same(
        "harbinger_channel_deliveries",
        countBy(
          deliveries.filter(({ state }) => state !== "delivered" && state !== "superseded"),
          (row) => `channel="${row["channel"]}",state="${row["state"]}"`,
        ),
      ),
      ...same(
        "harbinger_deliveries_total",
        countBy(
          deliveries.filter(({ state }) => state === "delivered" || state === "dead"),
          (row) => `channel="${row["channel"]}",state="${row["state"]}"`,
        ),
      ),
      ...same("harbinger_scan_covered_endpoints", new Map([['watch="lan"', 2]])),
      ...same("harbinger_scan_coverage_ratio", new Map([['watch="lan"', 1]])),
      ...same("harbinger_connections_dropped_total", new Map()),
      ...(connections.length === 3 && discoveries.length > 0 ? [] : [{ connections, discoveries }]),
    ];
  };
  await until("agreement", async () => (await differences()).length === 0, 30_000).catch(async () =>
    assert.deepEqual(await differences(), []),
  );
});
