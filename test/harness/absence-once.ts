import { parseAddress } from "../../src/core/address.ts";
import type { ScanEngine } from "../../src/core/scan-engine.ts";
import type { CommandPlan } from "../../src/outbound/scan/command/command-engine.ts";
import { AbsenceCheckingEngine } from "../../src/outbound/scan/confirm/absence-checking-engine.ts";

/**
 * A scan by a scanner that reports no host, of a watch that knows `ADDRESS PORT`, to be run in a network namespace. Prints
 * the status and the reason as JSON.
 */
const [text = "", portText = ""] = process.argv.slice(2);
const address = parseAddress(text);
if (address === undefined) throw new Error(`${text} is no address`);
const port = Number(portText);
const coverage = {
  kind: "ranges",
  ranges: [{ family: 4, first: 0n, last: 2n ** 32n - 1n }],
  ports: [port],
  except: [],
} as const;
const known = { address, port };
const silentScanner: ScanEngine<CommandPlan> = {
  async scan() {
    const silence = { requested: coverage, isProof: () => false, isFromHere: true };
    return { status: "complete", engine: "nmap", coverage, notes: [], silence };
  },
};
const { status, reason } = await new AbsenceCheckingEngine({ engine: silentScanner }).scan(
  {
    plan: { engine: "command", commandLine: "true", timeoutMs: 1000 },
    ports: [port],
    async *known() {
      yield [known];
    },
  },
  { async sighted() {} },
  new AbortController().signal,
);
process.stdout.write(JSON.stringify({ status, reason }));
