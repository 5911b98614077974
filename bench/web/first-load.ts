/**
 * What a browser loads and when it paints, page by page, with an empty cache and a full database: compressed bytes of script and style, first
 * contentful paint, the time until the rows are there, the longest task, and the total blocking time (what tasks take beyond 50 ms). Chromium
 * runs once at the speed of the machine and once with the processor four times slower. The median of the rounds is printed.
 *
 *   node bench/web/first-load.ts [--connections=1000000] [--services=100000] [--rounds=5]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { openStore } from "../../src/store/open-store.ts";
import { startHarbinger } from "../../test/harness/cli.ts";
import { freePort } from "../../test/harness/free-port.ts";
import { buildPages, startBrowser } from "../../test/pages/browser.ts";
import { fillStore } from "./fill-store.ts";

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "1000000" },
    services: { type: "string", default: "100000" },
    rounds: { type: "string", default: "5" },
  },
});
const rounds = Number(values.rounds);
/** Of the overview: compressed script and style. */
const maxBytes = 90_000;

const pages = [
  ["Overview", "#/"],
  ["Devices", "#/network/devices"],
  ["Services", "#/network/services"],
  ["Knocks", "#/knocks"],
  ["Reports", "#/reports"],
  ["Deliveries", "#/deliveries"],
  ["Scans", "#/scans"],
  ["Settings", "#/settings"],
] as const;

interface Load {
  readonly bytes: number;
  readonly paintMs: number;
  readonly rowsMs: number;
  readonly longestMs: number;
  readonly blockedMs: number;
}

/** Runs in the page before anything else. */
const recordTasks = `globalThis.longTasks = [];
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)))
  .observe({ type: "longtask", buffered: true });`;

const readLoad = `(() => {
  const files = performance.getEntriesByType("resource").filter(({ name }) => /\\.(?:js|css)$/.test(name));
  return {
    bytes: files.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    paintMs: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
    rowsMs: performance.now(),
    longestMs: Math.max(0, ...longTasks),
    blockedMs: longTasks.reduce((sum, duration) => sum + Math.max(0, duration - 50), 0),
  };
})()`;

async function load(browser: Awaited<ReturnType<typeof startBrowser>>, url: string, slowdown: number): Promise<Load> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(recordTasks);
    const tools = await context.newCDPSession(page);
    await tools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    await page.goto(url);
    await page.getByRole("heading", { level: 1 }).waitFor();
    for (const loading of await page.getByText("Loading ...").all()) await loading.waitFor({ state: "hidden" });
    return await page.evaluate<Load>(readLoad);
  } finally {
    await context.close();
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

await using resources = new AsyncDisposableStack();
const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-first-load-"));
resources.defer(() => rmSync(folder, { recursive: true, force: true }));
await buildPages();
const amounts = {
  connections: Number(values.connections),
  services: Number(values.services),
  devices: 1000,
  deliveries: 1000,
};
{
  await using store = await openStore({ location: path.join(folder, "harbinger.db") });
  await fillStore(store, amounts, (text) => process.stderr.write(`${text}\n`));
}
const port = await freePort();
const watch = { targets: ["127.0.0.1"], ports: [1], schedule: "0 0 1 1 *" };
writeFileSync(path.join(folder, "harbinger.yaml"), JSON.stringify({ watches: { own: watch } }));
const program = startHarbinger(["run"], {
  directory: folder,
  environment: { HARBINGER_WEB_LISTEN: `127.0.0.1:${port}` },
});
resources.defer(async () => {
  program.process.kill("SIGTERM");
  await program.ended;
});
await program.waitForOutput("serving the pages");
const browser = await startBrowser();
resources.defer(() => browser.close());

say(`${amounts.connections} connections, ${amounts.services} services; median of ${rounds}`);
say("page         slowdown   bytes  first paint ms  rows ms  longest task ms  blocked ms");
for (const [title, place] of pages) {
  for (const slowdown of [1, 4]) {
    const loads: Load[] = [];
    for (let round = 0; round < rounds; round += 1)
      loads.push(await load(browser, `http://127.0.0.1:${port}/${place}`, slowdown));
    const of = (field: keyof Load, width: number) =>
      Math.round(median(loads.map((each) => each[field])))
        .toString()
        .padStart(width);
    say(
      `${title.padEnd(12)} ${`${slowdown}x`.padStart(8)} ${of("bytes", 7)} ${of("paintMs", 15)} ${of("rowsMs", 8)} ${of("longestMs", 16)} ${of("blockedMs", 11)}`,
    );
    if (title === "Overview" && loads.some(({ bytes }) => bytes > maxBytes)) {
      say(`The overview loads more than ${maxBytes} bytes.`);
      process.exitCode = 1;
    }
  }
}
