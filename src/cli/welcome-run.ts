import { networkInterfaces } from "node:os";
import path from "node:path";
import { ownAddresses } from "../config/own-addresses.ts";
import type { Endpoint } from "../core/connection.ts";
import { hostLiteral } from "../core/host-literal.ts";
import type { ServiceRecord } from "../core/store.ts";
import type { Harbinger } from "../daemon/compose.ts";
import type { RunSummary } from "../outbound/flow.ts";
import { portText } from "../present/hosts/every-port.ts";
import { plural } from "../present/text/plural.ts";
import { note, printTable } from "./output.ts";
import { programName } from "./program-name.ts";

const rowsShown = 30;

/** A user would not read more rows than this. */
const servicesRead = 5000;

/** After the first run without a configuration, prints the results and the next steps. */
export function welcomeRun(harbinger: Harbinger): (summary: RunSummary) => void {
  let isFirst = true;
  return (summary) => {
    if (!isFirst) return;
    isFirst = false;
    void show(harbinger, summary);
  };
}

async function show({ store, config, log, inbound, pages }: Harbinger, summary: RunSummary): Promise<void> {
  try {
    const { scanned, leftOut } = ownAddresses(networkInterfaces());
    const services = (await store.services.list({ state: "present", limit: servicesRead })).rows;
    const byPort = [...Map.groupBy(services, ({ port }) => port)].sort(([a], [b]) => a - b);
    const count = byPort.length;
    note("");
    if (count > 0) {
      printTable<(typeof byPort)[number]>(
        [
          { title: "PORT", value: ([port]) => portText(port), alignRight: true },
          { title: "STATE", value: () => "open" },
          { title: "ON", value: ([, open]) => addressesOf(open, scanned.length) },
        ],
        byPort.slice(0, rowsShown),
      );
    }
    if (count > rowsShown) note(`... and ${count - rowsShown} more: ${programName()} hosts`);
    const found = summary.ran.reduce((sum, scan) => sum + scan.summary.counts.new, 0);
    note(
      [
        "",
        ...decoyLines(inbound?.endpoints ?? []),
        ...pageLines(pages.place()),
        `This machine has ${count === 0 ? "no open port" : plural(count, "open port")}${found > 0 ? ` (${plural(found, "new service")}, counted per address)` : ""}.`,
        `Scanned: its own addresses ${scanned.join(", ")}.`,
        ...(leftOut.length === 0
          ? []
          : [
              `Not scanned, because public: ${leftOut.join(", ")}. To scan them, add them to a watch and to scope.allow.`,
            ]),
        `Reports are in ${path.resolve(config.reports.directory)}. Scans continue until Ctrl-C; the history is kept.`,
        "",
        ...nextSteps(programName()),
        "",
      ].join("\n"),
    );
  } catch (error) {
    log.warn("cannot show the results", { error: String(error) });
  }
}

/** A service that listens everywhere is open on each address of this machine, which is shown briefly. */
function addressesOf(services: readonly ServiceRecord[], scanned: number): string {
  if (services.length === scanned && scanned > 1) return `all ${scanned} addresses`;
  return services.map(({ address }) => address).join(", ");
}

/** Commands that work unchanged in the current folder. */
function nextSteps(name: string): string[] {
  const steps = [
    ["config init", "find your networks and write harbinger.yaml"],
    ["scan 192.168.1.0/24", "scan a network once for common ports"],
    ["hosts", "list known services"],
    ["reports", "list reports"],
  ] as const;
  const width = Math.max(...steps.map(([command]) => command.length));
  return [
    "Next, in another terminal:",
    ...steps.map(([command, what]) => `  ${name} ${command.padEnd(width)}   # ${what}`),
  ];
}

function pageLines(place: string | undefined): string[] {
  return place === undefined ? [] : [`All of this is on the pages, for a browser on this machine: ${place}`];
}

function decoyLines(endpoints: readonly Endpoint[]): string[] {
  return endpoints.map(({ address, port }) => {
    const place = `${hostLiteral(address)}:${port}`;
    return `A decoy listens on ${place}. To try it: curl http://${place}/   Then: ${programName()} connections`;
  });
}
