import { Command, Option } from "commander";
import { type Address, parseAddress } from "../../core/address.ts";
import { HarbingerError } from "../../core/errors.ts";
import { safeText } from "../../core/safe-text.ts";
import type { PresenceState, ServiceQuery, ServiceRecord, Store } from "../../core/store.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { markEveryPort, portText } from "../every-port.ts";
import { formatTime, note, plural, print, printJson, printTable } from "../output.ts";
import { parseCount } from "../parse-count.ts";
import { parsePort } from "../parse-port.ts";

const pageSize = 1000;

interface HostsOptions {
  readonly port?: number;
  readonly watch?: string;
  readonly state?: PresenceState;
  readonly limit: number;
}

export function hostsCommand(): Command {
  return withCommonOptions(new Command("hosts"))
    .description("show the services that are known, or all that is known of one address")
    .argument("[address]", "one address")
    .option("-p, --port <port>", "only this port", parsePort)
    .option("-w, --watch <name>", "only what this watch sees")
    .addOption(
      new Option("--state <state>", "only services in this state").choices([
        "present",
        "gone",
        "flapping",
        "inherited",
      ]),
    )
    .option("--limit <count>", "lines at most", parseCount, 1000)
    .addHelpText(
      "after",
      examples(
        "harbinger hosts",
        "harbinger hosts --port 22 --state gone",
        "harbinger hosts 192.168.1.7",
        "harbinger hosts --json | jq -r .address",
      ),
    )
    .action(async (address: string | undefined, options: HostsOptions, command: Command) => {
      const common = commonOptions(command);
      const known = address === undefined ? undefined : parseAddressArgument(address);
      const { openConfiguredStore } = await import("../open.ts");
      await using store = await openConfiguredStore(common);
      const services = await collect(store, options, known);
      if (common.json === true) for (const service of services) printJson(markEveryPort(service));
      else if (services.length === 0)
        note("Nothing is known that fits. The next scan may find something: harbinger run");
      else await show(store, services, known, options.limit);
    });
}

async function collect(store: Store, options: HostsOptions, address: Address | undefined): Promise<ServiceRecord[]> {
  const services: ServiceRecord[] = [];
  while (services.length < options.limit) {
    const last = services.at(-1);
    const query: ServiceQuery = {
      limit: Math.min(pageSize, options.limit - services.length),
      ...(address === undefined ? {} : { address }),
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.watch === undefined ? {} : { watch: options.watch }),
      ...(options.state === undefined ? {} : { state: options.state }),
      ...(last === undefined ? {} : { after: { address: last.address, port: last.port } }),
    };
    const page = await store.services.list(query);
    services.push(...page);
    if (page.length < query.limit) break;
  }
  return services;
}

async function show(
  store: Store,
  services: readonly ServiceRecord[],
  address: Address | undefined,
  limit: number,
): Promise<void> {
  printTable<ServiceRecord>(
    [
      { title: "ADDRESS", value: (service) => service.address },
      { title: "PORT", value: (service) => portText(service.port), alignRight: true },
      { title: "STATE", value: (service) => [...new Set(service.watches.map((watch) => watch.state))].join(",") },
      { title: "FIRST SEEN", value: (service) => formatTime(service.firstSeen) },
      { title: "LAST SEEN", value: (service) => formatTime(service.lastSeen) },
      {
        title: "SERVICE",
        value: (service) => [service.name, service.product, service.version].filter(Boolean).join(" "),
      },
      { title: "NAME", value: (service) => service.hostname },
      { title: "MAC", value: (service) => [service.mac, service.vendor].filter(Boolean).join(" ") },
    ],
    services,
  );
  if (services.length === limit) note(`Stopped at ${plural(limit, "line")}; --limit shows more.`);
  if (address === undefined) return;
  const history = await store.discoveries.recent({ address, limit: 50 });
  if (history.length === 0) return;
  print("\nHistory");
  for (const discovery of history) {
    const port = discovery.port === undefined ? "-" : portText(discovery.port);
    print(`${formatTime(discovery.at)}  ${discovery.kind}  port ${port}  (${safeText(discovery.watch)})`);
    if (discovery.evidence !== undefined && discovery.evidence !== "") {
      print(safeText(discovery.evidence, { multiline: true, limit: 4000 }).replace(/^/gm, "    "));
    }
  }
}

function parseAddressArgument(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new HarbingerError("usage", `not an IP address: ${text}`);
  return address;
}
