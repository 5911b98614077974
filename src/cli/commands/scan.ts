import { Argument, Command } from "commander";
import { commonPorts } from "../../core/common-ports.ts";
import { HarbingerError } from "../../core/errors.ts";
import { type AddressRange, parseRange } from "../../core/network.ts";
import { everyPort, type Port, parsePorts } from "../../core/ports.ts";
import { Stopped } from "../../core/stopped.ts";
import { portText } from "../../present/hosts/every-port.ts";
import { type FoundLine, FoundPorts } from "../../present/scans/found-ports.ts";
import { sightingJson } from "../../present/scans/sighting-json.ts";
import { grouped } from "../../present/text/grouped.ts";
import { plural } from "../../present/text/plural.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { suggestAtFile } from "../completion/suggested-values.ts";
import { setExitStatus } from "../exit.ts";
import { note, printJson, printTable } from "../output.ts";
import { parseCount } from "../parse-count.ts";
import { formatSeconds, noProgress, showProgress } from "../progress-bar.ts";

/** Maximum rows of the table; further ones are only counted. `--json` has no such limit. */
const tableLimit = 100_000;

interface ScanOptions {
  readonly ports?: string;
  readonly exclude?: readonly string[];
  readonly allow?: readonly string[];
  readonly maxRate?: number;
  readonly seed?: number;
  readonly shard?: { readonly index: number; readonly count: number };
  readonly from?: number;
}

export function scanCommand(): Command {
  return withCommonOptions(new Command("scan"))
    .description("scan once for open TCP ports; nothing is stored or reported")
    .addArgument(
      suggestAtFile(
        new Argument(
          "<target...>",
          "addresses, networks, ranges (10.0.0.1-50), host names, or @FILE with one per line",
        ),
      ),
    )
    .option(
      "-p, --ports <list>",
      `ports and ranges: 22,80,8000-8100; - for all (default: ${commonPorts.length} common ones)`,
    )
    .option("--exclude <target...>", "targets that are never probed; same forms as TARGET")
    .option("--allow <network...>", "non-private networks that may be probed")
    .option("--max-rate <count>", "maximum connection attempts per second", parseCount)
    .option("--seed <number>", "seed of the probe order, to split or resume a scan", parseWhole)
    .option(
      "--shard <part/parts>",
      "scan one part only: 1/4, 2/4 ... on several machines with the same seed",
      parseShard,
    )
    .option("--from <step>", "resume from this step; an aborted scan prints the number", parseWhole)
    .addHelpText(
      "after",
      examples(
        "harbinger scan 192.168.1.0/24",
        "harbinger scan 192.168.1.0/24 -p 22,80,443",
        "harbinger scan 10.0.0.0/16 fd00::10 -p 1-1024 --exclude 10.0.3.0/24 --max-rate 1000",
        "harbinger scan @hosts.txt -p 443 --json | jq -r .address",
        "harbinger scan 10.0.0.0/8 -p 22 --seed 7 --shard 1/2",
      ),
    )
    .action(async (targets: string[], options: ScanOptions, command: Command) => scan(targets, options, command));
}

async function scan(targets: readonly string[], options: ScanOptions, command: Command): Promise<void> {
  const common = commonOptions(command);
  const ports = readPorts(options.ports);
  if (options.ports === undefined && common.quiet !== true) {
    note(`Scanning ${ports.length} common ports; -p selects others, -p - scans all.`);
  }
  const { configOrDefault } = await import("../open.ts");
  const { ConnectEngine } = await import("../../outbound/scan/handshake/connect-engine.ts");
  const { AnswerCounts } = await import("../../outbound/scan/answering-networks.ts");
  const config = configOrDefault(common);
  const scope = {
    allow: [...config.scope.allow, ...(options.allow ?? []).map(parseNetwork)],
    exclude: config.scope.exclude,
  };
  const engine = new ConnectEngine({
    scope,
    limits: options.maxRate === undefined ? config.scan : { ...config.scan, maxRate: options.maxRate },
    seed: options.seed,
    shard: options.shard,
    from: options.from,
  });
  const abort = new AbortController();
  const { onShutdownSignals } = await import("../../platform/shutdown-signals.ts");
  using _signals = onShutdownSignals({
    first: (signal) => abort.abort(new Stopped(`stopped by ${signal}`)),
    second: () => process.exit(130),
  });
  const found = new FoundPorts({ portsTried: ports.length, limit: tableLimit });
  const answers = new AnswerCounts();
  let count = 0;
  const startedAt = performance.now();
  const result = await (async () => {
    using progress = common.quiet === true ? noProgress : showProgress(process.stderr);
    return await engine.scan(
      { plan: { engine: "connect", targets, exclude: options.exclude ?? [] }, ports },
      {
        async sighted(batch) {
          count += batch.length;
          for (const sighting of batch) answers.add(sighting);
          if (common.json === true) for (const sighting of batch) printJson(sightingJson(sighting));
          else found.add(batch);
        },
        progress: (step) => progress.update(step),
      },
      abort.signal,
    );
  })();
  if (common.json !== true) printFound(found, ports.length);
  for (const text of [answers.describe(result.coverage) ?? [], result.notes, result.leftOut ?? []].flat()) note(text);
  if (result.status === "failed") {
    const { outOfScope } = await import("../../outbound/scan/targets/scope.ts");
    const outside = targets.filter((target) => {
      const range = parseRange(target);
      return range !== undefined && outOfScope([range], scope).length > 0;
    });
    throw new HarbingerError("usage", `nothing was scanned: ${result.reason ?? "unknown"}`, {
      remedy: outside.length === 0 ? undefined : `To allow it for this scan: --allow ${outside.join(" ")}`,
    });
  }
  if (common.quiet !== true) note(summaryOf(result.counts, count, (performance.now() - startedAt) / 1000));
  if (result.status === "complete") return;
  note(`Scan incomplete: ${result.reason ?? "ended early"}`);
  if (result.resume !== undefined) note(`Resume it with: --seed ${result.resume.seed} --from ${result.resume.from}`);
  setExitStatus(1);
}

function summaryOf(counts: Readonly<Record<string, number>> | undefined, open: number, seconds: number): string {
  const parts = [plural(open, "open port")];
  for (const [state, number] of Object.entries(counts ?? {})) {
    if (state !== "open" && number > 0) parts.push(`${grouped(number)} ${state}`);
  }
  return `${parts.join(", ")}; took ${formatSeconds(seconds)}.`;
}

function printFound(found: FoundPorts, portsTried: number): void {
  const lines = found.lines();
  if (lines.length === 0) return;
  const named = lines.some((line) => line.hostname !== undefined);
  printTable<FoundLine>(
    [
      { title: "ADDRESS", value: (line) => line.address },
      { title: "PORT", value: (line) => portText(line.port), alignRight: true },
      { title: "STATE", value: () => "open" },
      ...(named ? [{ title: "NAME", value: (line: FoundLine) => line.hostname }] : []),
    ],
    lines,
  );
  if (found.leftOut > 0) note(`... and ${grouped(found.leftOut)} more; --json shows them all.`);
  if (lines.some((line) => line.port === everyPort)) {
    note(
      `every: all ${plural(portsTried, "scanned port")} of that host answered, which is unusual for a real server; --json lists each.`,
    );
  }
}

function readPorts(text: string | undefined): readonly Port[] {
  if (text === undefined) return commonPorts;
  const ports = parsePorts(text);
  if (ports.kind === "ports") return ports.ports;
  throw new HarbingerError("usage", `-p ${text}: "${ports.part}": ${ports.reason}`);
}

function parseNetwork(text: string): AddressRange {
  const range = parseRange(text);
  if (range === undefined) throw new HarbingerError("usage", `--allow ${text}: not an address, network or range`);
  return range;
}

function parseWhole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new HarbingerError("usage", `not a whole number: ${text}`);
  return value;
}

function parseShard(text: string): { readonly index: number; readonly count: number } {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const part = Number(match?.[1]);
  const parts = Number(match?.[2]);
  if (match === null || part < 1 || part > parts) {
    throw new HarbingerError("usage", `--shard ${text}: expected PART/PARTS, such as 1/4`);
  }
  return { index: part - 1, count: parts };
}
