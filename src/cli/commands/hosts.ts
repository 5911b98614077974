import { Command, Option } from "commander";
import type { Address } from "../../core/address.ts";
import type { DeviceRecord } from "../../core/device.ts";
import { devicesAt } from "../../core/device-store.ts";
import type { StoredCertificate } from "../../core/examination.ts";
import type { Cursor } from "../../core/page.ts";
import type { Port } from "../../core/ports.ts";
import { serviceName } from "../../core/service-name.ts";
import type { PresenceState, ServiceRecord, Store } from "../../core/store.ts";
import { portText } from "../../present/hosts/every-port.ts";
import { plural } from "../../present/text/plural.ts";
import { briefTime, formatTime } from "../../present/text/time-text.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { note, printJson, printTable, printText, wantsColour } from "../output.ts";
import { parseAddressArgument } from "../parse-address.ts";
import { parseCount } from "../parse-count.ts";
import { parsePort } from "../parse-port.ts";

const pageSize = 1000;
const historyLength = 50;
const certificatesOfAddress = 1000;

interface HostsOptions {
  readonly port?: number;
  readonly watch?: string;
  readonly state?: PresenceState;
  readonly limit: number;
}

export function hostsCommand(): Command {
  return withCommonOptions(new Command("hosts"))
    .description("list known services, or show all details of one host")
    .argument("[address]", "an address, or the name of a known device or host")
    .option("-p, --port <port>", "only this port", parsePort)
    .option("-w, --watch <name>", "only services that this watch sees")
    .addOption(
      new Option("--state <state>", "only services in this state").choices([
        "present",
        "gone",
        "flapping",
        "inherited",
      ]),
    )
    .option("--limit <count>", "maximum number of lines", parseCount, 1000)
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
      const { openStoreToList } = await import("../open.ts");
      await using store = await openStoreToList(common);
      if (store === undefined) {
        // Without a database no names are known.
        if (address !== undefined) parseAddressArgument(address);
        return;
      }
      const { addressOf } = await import("../named-host.ts");
      const known = address === undefined ? undefined : await addressOf(store, address);
      const services = await collect(store, options, known);
      if (services.length === 0 && options.watch !== undefined) {
        const { requireWatch } = await import("../known-names.ts");
        await requireWatch(options.watch, store, common);
      }
      const devices = known === undefined ? [] : await devicesAt(store.devices, known);
      if (common.json === true) await printAsJson(store, services, known, devices);
      else if (services.length === 0 && devices.length === 0) note(await whyNone(store));
      else {
        if (known !== undefined && devices.length > 1) await printShared(known, devices);
        if (services.length > 0) printServices(services, options.limit);
        if (known !== undefined) await printDetails(store, services, known, devices);
      }
    });
}

/** What to do if nothing matches. */
async function whyNone(store: Store): Promise<string> {
  if ((await store.services.count()) > 0) return "No matching services. harbinger hosts lists all of them.";
  const [scan] = (await store.scans.list({ limit: 1 })).rows;
  if (scan === undefined)
    return "No scan has finished yet. harbinger run scans the configured targets; harbinger --mode cron scans them once.";
  return `No scan has found an open port yet; the last one was at ${formatTime(scan.startedAt)}. To see targets and ports: harbinger config show`;
}

async function collect(store: Store, options: HostsOptions, address: Address | undefined): Promise<ServiceRecord[]> {
  const { port, watch, state, limit } = options;
  const services: ServiceRecord[] = [];
  let after: Cursor | undefined;
  do {
    const left = Math.min(pageSize, limit - services.length);
    const page = await store.services.list({ address, port, watch, state, limit: left, after, detailed: true });
    services.push(...page.rows);
    after = page.next;
  } while (after !== undefined && services.length < limit);
  return services;
}

async function printAsJson(
  store: Store,
  services: readonly ServiceRecord[],
  address: Address | undefined,
  devices: readonly DeviceRecord[],
): Promise<void> {
  const { serviceDetailsJson, serviceJson } = await import("../../present/hosts/service-json.ts");
  if (address === undefined) {
    for (const service of services) printJson(serviceJson(service));
    return;
  }
  const examined = await examinationOf(store, address);
  const now = Date.now();
  for (const service of services) {
    printJson(serviceDetailsJson(service, examined.of(service), { now, devices }));
  }
}

async function printShared(address: Address, devices: readonly DeviceRecord[]): Promise<void> {
  const { sharedHead } = await import("../../present/devices/device-details.ts");
  printText(sharedHead(address, devices, { colour: wantsColour(process.stdout) }));
}

function printServices(services: readonly ServiceRecord[], limit: number): void {
  const nameOf = ({ device, hostname }: ServiceRecord) => device?.name ?? hostname;
  const macOf = ({ mac, device, sharedBy }: ServiceRecord) =>
    mac ?? device?.mac ?? (sharedBy === undefined ? undefined : `${sharedBy.length} devices`);
  const vendorOf = ({ vendor, device }: ServiceRecord) => vendor ?? device?.vendor;
  printTable<ServiceRecord>(
    [
      { title: "ADDRESS", value: (service) => service.address },
      { title: "PORT", value: (service) => portText(service.port), alignRight: true },
      { title: "STATE", value: (service) => [...new Set(service.watches.map((watch) => watch.state))].join(",") },
      {
        title: "FIRST SEEN",
        value: (service) => formatTime(service.firstSeen),
        brief: (service) => briefTime(service.firstSeen),
        optional: 3,
      },
      {
        title: "LAST SEEN",
        value: (service) => formatTime(service.lastSeen),
        brief: (service) => briefTime(service.lastSeen),
        optional: 1,
      },
      {
        title: "SERVICE",
        value: serviceText,
        cutTo: 14,
      },
      { title: "NAME", value: nameOf, cutTo: 12 },
      {
        title: "MAC",
        value: (service) => [macOf(service), vendorOf(service)].filter(Boolean).join(" "),
        brief: (service) => macOf(service) ?? vendorOf(service),
        optional: 2,
      },
    ],
    services,
  );
  if (services.length === limit) note(`Stopped at ${plural(limit, "line")}; --limit shows more.`);
}

function serviceText({ name, product, version }: ServiceRecord): string {
  if (name !== undefined) return serviceName({ protocol: name, product, version });
  return [product, version].filter((part) => part !== undefined).join(" ");
}

/** Prints the results of checks and the history. */
async function printDetails(
  store: Store,
  services: readonly ServiceRecord[],
  address: Address,
  devices: readonly DeviceRecord[],
): Promise<void> {
  const { historyLines } = await import("../../present/discoveries/history-lines.ts");
  const { serviceDetails } = await import("../../present/hosts/host-details.ts");
  const examined = await examinationOf(store, address);
  const look = { now: Date.now(), colour: wantsColour(process.stdout) };
  for (const service of services) {
    const details = serviceDetails(service, examined.of(service), look);
    if (details !== "") printText(`\n${details}`);
  }
  if (devices.length > 0) {
    const { deviceDetails } = await import("../../present/devices/device-details.ts");
    printText(`${services.length === 0 ? "" : "\n"}${devices.map(deviceDetails).join("\n")}`);
  }
  const history = (await store.discoveries.list({ address, limit: historyLength })).rows;
  if (history.length > 0) printText(`\nHistory\n${historyLines(history)}`);
}

/** The results of checks for an address, by port. */
async function examinationOf(store: Store, address: Address) {
  const found = (await store.examinations.certificates({ address, limit: certificatesOfAddress })).rows;
  const certificates = new Map<Port, StoredCertificate[]>();
  for (const certificate of found) {
    for (const service of certificate.services) {
      if (service.address !== address) continue;
      certificates.set(service.port, [...(certificates.get(service.port) ?? []), certificate]);
    }
  }
  const results = Map.groupBy(await store.examinations.results({ address }), ({ port }) => port);
  return {
    of: ({ port }: ServiceRecord) => ({
      results: results.get(port) ?? [],
      certificates: certificates.get(port) ?? [],
    }),
  };
}
