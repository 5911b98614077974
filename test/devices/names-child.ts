import { parseAddress } from "../../src/core/address.ts";
import { parseMac } from "../../src/core/device.ts";
import { silentLog } from "../../src/core/log.ts";
import { SystemDeviceNamer } from "../../src/outbound/devices/names/device-namer.ts";
import { systemClock, systemRandom } from "../../src/platform/system-clock.ts";

/** The input from a test, as JSON in the first argument. */
export interface NamesOrder {
  /** `address mac`, all on `eth0`. */
  readonly neighbours: readonly string[];
  readonly leaseFiles?: readonly string[];
  readonly servers?: readonly string[];
  readonly active?: boolean;
  readonly maxMs?: number;
}

/** The output: by MAC address, `source name`. */
export interface NamesReport {
  readonly names: Readonly<Record<string, readonly string[]>>;
  readonly ms: number;
}

if (process.argv[1] === import.meta.filename) {
  const order: NamesOrder = JSON.parse(process.argv[2] ?? "");
  const neighbours = order.neighbours.flatMap((text) => {
    const [addressText = "", macText = ""] = text.split(" ");
    const [address, mac] = [parseAddress(addressText), parseMac(macText)];
    return address === undefined || mac === undefined ? [] : [{ address, mac, link: "eth0" }];
  });
  const namer = new SystemDeviceNamer({
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    usualLeaseFiles: [],
    leaseFiles: order.leaseFiles ?? [],
    servers: order.servers ?? ["127.0.0.1:9"],
    ...(order.active === undefined ? {} : { active: order.active }),
    ...(order.maxMs === undefined ? {} : { maxMs: order.maxMs }),
  });
  const start = performance.now();
  const found = await namer.names(neighbours, new AbortController().signal);
  const report: NamesReport = {
    names: Object.fromEntries(
      [...found].map(([mac, names]) => [mac, names.map(({ name, source }) => `${source} ${name}`)]),
    ),
    ms: Math.round(performance.now() - start),
  };
  process.stdout.write(JSON.stringify(report));
}
