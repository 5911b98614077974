import { parsePorts } from "../../src/core/ports.ts";
import { ConnectEngine } from "../../src/outbound/scan/handshake/connect-engine.ts";
import { defaultScanLimits } from "../../src/outbound/scan/schema.ts";

/**
 * Scans once with the built-in scanner and prints one JSON object, to be run in a network namespace or under a small
 * `ulimit`: `node scan-once.ts TARGETS PORTS [SECONDS]`, both lists with commas. After SECONDS the scan is aborted.
 */
const [targets = "", portList = "", seconds = ""] = process.argv.slice(2);
const parsed = parsePorts(portList);
if (parsed.kind === "bad") throw new Error(`${portList}: ${parsed.reason}`);
const { ports } = parsed;
const found: string[] = [];
const residentMegabytes: number[] = [];
const startedAt = performance.now();
const engine = new ConnectEngine({ limits: defaultScanLimits });
const signal = seconds === "" ? new AbortController().signal : AbortSignal.timeout(Number(seconds) * 1000);
let sampledAt = startedAt;
let done = 0;
const result = await engine.scan(
  { plan: { engine: "connect", targets: targets.split(","), exclude: [] }, ports },
  {
    async sighted(batch) {
      for (const { address, port } of batch)
        if (found.length < 100_000) found.push(ports.length === 1 ? address : `${address} ${port}`);
    },
    progress(progress) {
      done = progress.done;
      if (performance.now() - sampledAt < 5000) return;
      sampledAt = performance.now();
      residentMegabytes.push(Math.round(process.memoryUsage.rss() / 1e6));
    },
  },
  signal,
);
const { status, reason, counts, coverage, leftOut } = result;
const except = coverage.kind === "ranges" ? coverage.except.length : undefined;
process.stdout.write(
  `${JSON.stringify({
    ms: Math.round(performance.now() - startedAt),
    status,
    reason,
    leftOut,
    counts,
    coverage: coverage.kind,
    except,
    done,
    cpuMs: Math.round((process.cpuUsage().user + process.cpuUsage().system) / 1000),
    peakMegabytes: Math.round((process.resourceUsage().maxRSS * 1024) / 1e6),
    residentMegabytes,
    found,
  })}\n`,
);
