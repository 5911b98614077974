import { ConnectEngine } from "../../src/outbound/scan/connect/connect-engine.ts";
import { defaultScanLimits } from "../../src/outbound/scan/schema.ts";

/**
 * Scans once with the built-in scanner and prints one JSON object, to be run in a network namespace or under a small
 * `ulimit`: `node scan-once.ts TARGET PORT [SECONDS]`. After SECONDS the scan is aborted.
 */
const [target = "", port = "", seconds = ""] = process.argv.slice(2);
const found: string[] = [];
const residentMegabytes: number[] = [];
const startedAt = performance.now();
const engine = new ConnectEngine({ limits: defaultScanLimits });
const signal = seconds === "" ? new AbortController().signal : AbortSignal.timeout(Number(seconds) * 1000);
let sampledAt = startedAt;
let done = 0;
const result = await engine.scan(
  { plan: { engine: "connect", targets: [target], exclude: [] }, ports: [Number(port)] },
  {
    async sighted(batch) {
      for (const { address } of batch) if (found.length < 100_000) found.push(address);
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
const { status, reason, counts, coverage } = result;
const except = coverage.kind === "ranges" ? coverage.except.length : undefined;
process.stdout.write(
  `${JSON.stringify({
    ms: Math.round(performance.now() - startedAt),
    status,
    reason,
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
