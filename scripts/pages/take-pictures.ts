/**
 * Takes pictures of the pages for the documentation: `node scripts/pages/take-pictures.ts --to FOLDER [--all [--only PAGE]...]`. It runs a real harbinger in a network
 * namespace of its own, whose loopback has addresses of the documentation ranges: servers are scanned at some, and clients knock from others.
 * Without `--all` only those that the documentation shows. Needs root, Chromium, openssl and redis-server.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { mmdbOf } from "../../test/enrich/mmdb-file.ts";
import { CertificateWorkshop, utc } from "../../test/harness/certificate-authority.ts";
import { startHarbinger } from "../../test/harness/cli.ts";
import { buildPages, startBrowser } from "../../test/pages/browser.ts";
import { storeDevices } from "./picture-devices.ts";

const { values } = parseArgs({
  options: {
    to: { type: "string" },
    all: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    inside: { type: "boolean", default: false },
  },
});
if (values.to === undefined) throw new Error("--to FOLDER is needed");
if (!values.inside) {
  await buildPages();
  const words = ["--net", process.execPath, ...process.argv.slice(1), "--inside"];
  const { status } = spawnSync("unshare", words, { stdio: "inherit" });
  process.exit(status ?? 1);
}

const folderOfPictures = path.resolve(values.to);
mkdirSync(folderOfPictures, { recursive: true });

/** The machine that harbinger runs on, and the servers that it scans. */
const own = "192.0.2.1";
const servers: readonly (readonly [address: string, port: number, greeting: string])[] = [
  ["192.0.2.10", 22, "SSH-2.0-OpenSSH_9.6\r\n"],
  ["192.0.2.10", 80, ""],
  ["192.0.2.20", 21, "220 files.example.org FTP server ready\r\n"],
  ["192.0.2.20", 25, "220 mail.example.org ESMTP\r\n"],
  ["192.0.2.30", 22, "SSH-2.0-dropbear_2024.85\r\n"],
  ["192.0.2.30", 80, ""],
];
const decoyPorts = [23, 445, 1433, 3389, 5900, 6379, 8080, 8443];

/** Documentation networks have no place: these are made up, so that the map has something to show. */
const places: Readonly<Record<string, readonly [code: string, country: string, asn: number, holder: string]>> = {
  "203.0.113.0/28": ["NL", "Netherlands", 64_496, "Example Hosting"],
  "203.0.113.16/28": ["US", "United States", 64_497, "Example Cloud"],
  "203.0.113.32/28": ["BR", "Brazil", 64_498, "Example Telecom"],
  "198.51.100.0/28": ["JP", "Japan", 64_499, "Example Networks"],
  "198.51.100.16/28": ["DE", "Germany", 64_500, "Example Research"],
};
const peers = [
  "203.0.113.5",
  "203.0.113.9",
  "203.0.113.20",
  "203.0.113.40",
  "198.51.100.7",
  "198.51.100.20",
  "192.0.2.30",
];

const root = path.join(import.meta.dirname, "..", "..");
const hello = readFileSync(path.join(root, "src/wire/tls/fixtures/chromium.bin"));
const payloads: readonly (readonly [port: number, bytes: Buffer | string])[] = [
  [8080, "GET /manager/html HTTP/1.1\r\nHost: 192.0.2.1:8080\r\nUser-Agent: Mozilla/5.0 zgrab/0.x\r\n\r\n"],
  [8080, "GET /.env HTTP/1.1\r\nHost: 192.0.2.1\r\nUser-Agent: python-requests/2.31\r\n\r\n"],
  [8443, hello],
  [6379, "*1\r\n$4\r\nINFO\r\n"],
  [23, "root\r\nadmin\r\n"],
  [3389, Buffer.from("030000130ee000000000000100080003000000", "hex")],
  [445, ""],
];

await using resources = new AsyncDisposableStack();
const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-pictures-"));
resources.defer(() => rmSync(folder, { recursive: true, force: true }));
execFileSync("ip", ["link", "set", "lo", "up"]);
// On the loopback an address with its network makes all of that local: unused addresses refuse connections.
execFileSync("ip", ["address", "add", `${own}/24`, "dev", "lo"]);
// Routes, not addresses: the pages would mark the addresses of the machine itself.
for (const address of peers.filter((each) => !each.startsWith("192.0.2.")))
  execFileSync("ip", ["route", "add", "local", `${address}/32`, "dev", "lo"]);
for (const [address, port, greeting] of servers) await serve(address, port, greeting);
// Takes every message: sources are located for their alerts.
await serve("127.0.0.1", 9010, "");
// Takes none.
await refuse("127.0.0.1", 9011);
const workshop = resources.use(new CertificateWorkshop());
await serveTls("192.0.2.30", 8443, utc(12));
await serveTls("192.0.2.30", 9443, utc(-3));
runRedis("192.0.2.30", 6379, "--protected-mode no");
runRedis("192.0.2.30", 6380, "--requirepass secret");
await storeDevices(path.join(folder, "harbinger.db"));
const records = Object.entries(places);
writeFileSync(
  path.join(folder, "city.mmdb"),
  mmdbOf(
    Object.fromEntries(
      records.map(([network, [code, country]]) => [network, { country: { iso_code: code, names: { en: country } } }]),
    ),
  ),
);
writeFileSync(
  path.join(folder, "asn.mmdb"),
  mmdbOf(
    Object.fromEntries(
      records.map(([network, [, , asn, holder]]) => [
        network,
        { autonomous_system_number: asn, autonomous_system_organization: holder },
      ]),
    ),
    { type: "Test-ASN" },
  ),
);
writeFileSync(
  path.join(folder, "harbinger.yaml"),
  JSON.stringify({
    standalone: { time_zone: "Europe/Berlin" },
    scope: { allow: ["192.0.2.0/24"] },
    enrich: {
      geoip: { city_database: "city.mmdb", asn_database: "asn.mmdb", allow_private: true },
      rdns: { enabled: false },
    },
    notify: { webhooks: { chat: { url: "http://127.0.0.1:9010/hook" }, pager: { url: "http://127.0.0.1:9011/hook" } } },
    listeners: { decoy: { ports: decoyPorts, host: own } },
    alerts: { notify: ["chat"] },
    watches: {
      servers: {
        targets: ["192.0.2.10-192.0.2.30"],
        ports: [21, 22, 25, 80, 443, 6379, 6380, 8443, 9443],
        label: "Servers",
        notify: ["chat", "pager"],
        checks: ["service", "exposure", "tls", "cert"],
        schedule: "0 * * * *",
      },
      web: {
        targets: ["192.0.2.10", "192.0.2.30"],
        ports: [80],
        label: "Web Services",
        notify: ["chat"],
        checks: ["http"],
        schedule: "*/30 * * * *",
      },
    },
  }),
);
const program = startHarbinger(["run"], { directory: folder, environment: { HARBINGER_WEB_LISTEN: "127.0.0.1:8417" } });
resources.defer(async () => {
  program.process.kill("SIGTERM");
  await program.ended;
});
await program.waitForOutput("serving the pages");
for (let round = 0; round < 6; round += 1) {
  for (const [place, peer] of peers.entries()) {
    const [port, bytes] = payloads[(round + place) % payloads.length] ?? [8080, ""];
    if (peer === "192.0.2.30" && round > 1) continue;
    await knock(peer, port, bytes);
  }
}
await knock("203.0.113.40", 8443, hello);
// The first scans end; then one server more is up.
await scansEnd();
await serve("192.0.2.20", 443, "");
await serve("192.0.2.10", 25, "220 mx.example.org ESMTP\r\n");
await startScan("servers");
await post("mutes", { kind: "host", address: "192.0.2.20", port: 21, note: "is replaced next week", for: "1w" });
await post("mutes", { kind: "source", source: "198.51.100.0/24", note: "", for: "1d" });
await scansEnd();

const browser = await startBrowser();
resources.defer(() => browser.close());
const pages = [
  ["overview", "#/"],
  ["hosts", "#/network/hosts"],
  ["services", "#/network/services"],
  ["devices", "#/network/devices"],
  ["host", "#/network/hosts/192.0.2.30"],
  ["certificates", "#/network/certificates"],
  ["discoveries", "#/network/discoveries"],
  ["mutes", "#/network/mutes"],
  ["knocks", "#/knocks"],
  ["where-from", "#/knocks/summary"],
  ["source", "#/knocks/from/203.0.113.5"],
  ["reports", "#/reports"],
  ["deliveries", "#/deliveries"],
  ["scans", "#/scans"],
  ["settings", "#/settings"],
] as const;
const shown = new Set([
  "overview-desktop-light",

  "where-from-desktop-light",
  "knocks-desktop-dark",
  "source-desktop-light",
]);
const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
for (const colorScheme of ["light", "dark"] as const) {
  for (const [size, viewport] of Object.entries(sizes)) {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
    const page = await context.newPage();
    const tools = await context.newCDPSession(page);
    for (const [name, place] of pages) {
      if (values.only?.includes(name) === false) continue;
      const picture = `${name}-${size}-${colorScheme}`;
      if (!values.all && !shown.has(picture)) continue;
      await page.goto(`http://127.0.0.1:8417/${place}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      for (const loading of await page.getByText("Loading ...").all()) await loading.waitFor({ state: "hidden" });
      await delay(4000);
      const { data } = await tools.send("Page.captureScreenshot", { format: "webp", quality: 80 });
      writeFileSync(path.join(folderOfPictures, `pages-${picture}.webp`), Buffer.from(data, "base64"));
      if (values.all)
        await page.screenshot({ path: path.join(folderOfPictures, `pages-${picture}.png`), fullPage: true });
    }
    await context.close();
  }
}

function knock(peer: string, port: number, bytes: Buffer | string): Promise<void> {
  return new Promise((resolve, reject) => {
    let isConnected = false;
    const socket = net.connect({ host: own, port, localAddress: peer }, () => {
      isConnected = true;
      socket.end(bytes);
    });
    socket.on("error", (error) => (isConnected ? resolve() : reject(error))).on("close", () => resolve());
    socket.resume();
  });
}

async function serve(address: string, port: number, greeting: string): Promise<void> {
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    if (greeting !== "") socket.end(greeting);
    else socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nServer: nginx/1.26.2\r\nContent-Length: 0\r\n\r\n"));
  });
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  resources.defer(() => void server.close());
}

/** @param validTo as openssl takes it */
async function serveTls(address: string, port: number, validTo: string): Promise<void> {
  const alternativeNames = ["DNS:gateway.example.org", `IP:${address}`];
  const validFrom = utc(-90);
  const { key, chain } = workshop.issue({ name: "gateway.example.org", alternativeNames, validFrom, validTo });
  const server = https.createServer({ key, cert: chain }, (_request, response) => {
    response.setHeader("Server", "nginx/1.26.2").end("<title>Gateway</title>");
  });
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  resources.defer(() => void server.close());
}

/** Answers every message with an error. */
async function refuse(address: string, port: number): Promise<void> {
  const server = http.createServer((_request, response) => {
    response.writeHead(403).end("This token may not write to the channel on-call-network-operations.");
  });
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  resources.defer(() => void server.close());
}

function runRedis(address: string, port: number, option: string): void {
  const words = ["--bind", address, "--port", String(port), "--save", "", "--dir", folder, ...option.split(" ")];
  const server = spawn("redis-server", words, { stdio: "ignore" });
  resources.defer(() => void server.kill());
}

/** As the button on the page does. */
async function startScan(watch: string): Promise<void> {
  await post(`watches/${watch}/scan`);
}

/** A scan is over when its checks are. */
async function scansEnd(): Promise<void> {
  for (let second = 0; second < 120; second += 1) {
    await delay(1000);
    const answer: unknown = await (await fetch("http://127.0.0.1:8417/api/v1/watches")).json();
    if (!JSON.stringify(answer).includes('"running":true')) return;
  }
  throw new Error("the scans do not end");
}

async function post(place: string, body?: object): Promise<void> {
  const headers = { origin: "http://127.0.0.1:8417", "sec-fetch-site": "same-origin" };
  const json = body === undefined ? {} : { "Content-Type": "application/json" };
  const { ok, status } = await fetch(`http://127.0.0.1:8417/api/v1/${place}`, {
    method: "POST",
    headers: { ...headers, ...json },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!ok) throw new Error(`POST ${place} was answered with ${status}`);
}
