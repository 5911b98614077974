import { networkInterfaces } from "node:os";
import path from "node:path";
import { ownAddresses } from "../config/own-addresses.ts";
import { hostLiteral } from "../core/address.ts";
import type { Endpoint } from "../core/connection.ts";
import type { ServiceRecord } from "../core/store.ts";
import type { Harbinger } from "../daemon/compose.ts";
import type { RunSummary } from "../outbound/flow.ts";
import { portText } from "../present/hosts/every-port.ts";
import { plural } from "../present/text/plural.ts";
import { note, printTable } from "./output.ts";
import { programName } from "./program-name.ts";

const rowsShown = 30;

/** A machine has so many open ports at most that anybody would look at. */
const servicesRead = 5000;

/** Shows somebody who just started it without any configuration what it found, and what to do next. Once. */
export function welcomeRun(harbinger: Harbinger): (summary: RunSummary) => void {
  let isFirst = true;
  return (summary) => {
    if (!isFirst) return;
    isFirst = false;
    void show(harbinger, summary);
  };
}

async function show({ store, config, log, inbound }: Harbinger, summary: RunSummary): Promise<void> {
  try {
    const { scanned, leftOut } = ownAddresses(networkInterfaces());
    const services = await store.services.list({ state: "present", limit: servicesRead });
    const byPort = [...Map.groupBy(services, ({ port }) => port)].sort(([a], [b]) => a - b);
    const count = byPort.length;
    note("");
    printTable<(typeof byPort)[number]>(
      [
        { title: "PORT", value: ([port]) => portText(port), alignRight: true },
        { title: "STATE", value: () => "open" },
        { title: "ON", value: ([, open]) => addressesOf(open, scanned.length) },
      ],
      byPort.slice(0, rowsShown),
    );
    if (count > rowsShown) note(`... and ${count - rowsShown} more: ${programName()} hosts`);
    const found = summary.ran.reduce((sum, scan) => sum + scan.settled.counts.new, 0);
    note(
      [
        "",
        ...decoyLines(inbound?.endpoints ?? []),
        `This machine listens on ${plural(count, "port")}${found > 0 ? `; ${found} new, each address counted` : ""}.`,
        `Scanned were its own addresses: ${scanned.join(", ")}.`,
        ...(leftOut.length === 0
          ? []
          : [`Its public addresses were not (a target under watches, listed in scope.allow): ${leftOut.join(", ")}.`]),
        `Reports are in ${path.resolve(config.reports.directory)}; history is kept, and this goes on until Ctrl-C.`,
        "",
        ...nextSteps(programName()),
        "",
      ].join("\n"),
    );
  } catch (error) {
    log.warn("cannot show what was found", { error: String(error) });
  }
}

/** A service that listens everywhere is open on each address of this machine: that is said in two words. */
function addressesOf(services: readonly ServiceRecord[], scanned: number): string {
  if (services.length === scanned && scanned > 1) return `all ${scanned} addresses`;
  return services.map(({ address }) => address).join(", ");
}

/** In the folder in which this was started, each can be typed as it stands here. */
function nextSteps(name: string): string[] {
  const steps = [
    ["config init", "finds your networks, asks how to tell you, writes harbinger.yaml"],
    ["scan 192.168.1.0/24", "looks once at a network, for common ports"],
    ["hosts", "what is known"],
    ["reports", "what was reported"],
  ] as const;
  const width = Math.max(...steps.map(([command]) => command.length));
  return [
    "Next, in another terminal:",
    ...steps.map(([command, what]) => `  ${name} ${command.padEnd(width)}   # ${what}`),
  ];
}

function decoyLines(endpoints: readonly Endpoint[]): string[] {
  return endpoints.map(({ address, port }) => {
    const place = `${hostLiteral(address)}:${port}`;
    return `A decoy listens on ${place} (our own); knock with: curl http://${place}/   and see: ${programName()} connections`;
  });
}
