import type { Config } from "../config/config.ts";
import type { Clock } from "../core/clock.ts";
import type { Audience } from "../core/delivery.ts";
import type { Log } from "../core/log.ts";
import type { Store } from "../core/store.ts";
import type { Watch } from "../core/watch.ts";
import { DeviceFinder } from "../outbound/devices/device-finder.ts";
import { SystemDeviceNamer } from "../outbound/devices/names/device-namer.ts";
import { SystemLinkSurveyor } from "../outbound/devices/survey/link-surveyor.ts";
import { VendorLookup } from "../outbound/devices/vendor/vendor-lookup.ts";
import type { RecordedScan } from "../outbound/discover/record-scan.ts";
import type { WatchRun } from "../outbound/report/gather/gather-sections.ts";
import { ownLinks } from "../platform/own-links.ts";
import { systemRandom } from "../platform/system-clock.ts";
import { type Memo, memoized } from "./memo.ts";

/** A search that ends within a second reports no progress. */
const slowMs = 1000;

export interface DeviceStageOptions {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly audiencesFor: (watch: Watch) => readonly Audience[];
  /** Called once for a search that takes longer than a second. */
  readonly slow: (watch: Watch) => void;
  readonly shared?: { readonly finder: Memo<DeviceFinder> };
}

/** The stage `devices` of the outbound flow. */
export function deviceStage(options: DeviceStageOptions): (scan: RecordedScan, signal: AbortSignal) => Promise<void> {
  const { config, clock, log, audiencesFor, slow, shared } = options;
  const { audience: _audience, ...settings } = config.devices;
  const finder = memoized(shared?.finder, [settings, config.scope], () => deviceFinder(options));
  return async ({ watch, startedAt, result }, signal) => {
    // The network may be the reason for a failed scan, so no device is marked as missing.
    if (watch.devices !== true || result.status === "failed") return;
    const reportedTo = config.devices.audience ?? watch;
    const search = {
      watch,
      recordAs: reportedTo.name,
      audiences: audiencesFor(reportedTo),
      coverage: result.coverage,
      // If the clock was set back, a stored time can be in the future.
      since: Math.min(startedAt, clock.now()),
    };
    const news = await notifyIfSlow(clock, () => slow(watch), finder.find(search, signal));
    if (news !== undefined && Object.keys(news).length > 0) log.info("devices changed", { watch: watch.name, ...news });
  };
}

function deviceFinder({ config, store, clock, log }: DeviceStageOptions): DeviceFinder {
  const { goneAfter, arp, leaseFiles, queriesNames } = config.devices;
  const system = { clock, random: systemRandom, log };
  const vendors = new VendorLookup();
  return new DeviceFinder({
    surveyor: new SystemLinkSurveyor({ ...system, arp }),
    namer: new SystemDeviceNamer({ ...system, leaseFiles, active: queriesNames }),
    vendorOf: (mac) => vendors.vendorOf(mac),
    devices: store.devices,
    links: ownLinks,
    scope: config.scope,
    goneAfter,
    clock,
    log,
  });
}

async function notifyIfSlow<Result>(clock: Clock, notify: () => void, work: Promise<Result>): Promise<Result> {
  const done = new AbortController();
  const notified = clock.sleep(slowMs, done.signal).then(() => {
    if (!done.signal.aborted) notify();
  });
  try {
    return await work;
  } finally {
    done.abort();
    await notified;
  }
}

/** All watches, and the one that reports to the device audience. */
export function watchesWithDevices({ watches, devices: { audience } }: Config): readonly Watch[] {
  return audience === undefined ? watches : [...watches, audience];
}

/** The device audience gets a report whenever a watch looked for devices. */
export function runOfDevices({ devices: { audience } }: Config, ran: readonly RecordedScan[]): readonly WatchRun[] {
  if (audience === undefined || !ran.some(({ watch }) => watch.devices === true)) return [];
  const counts = { new: 0, gone: 0, returned: 0, flapping: 0, present: 0, sighted: 0 };
  return [{ watch: audience, summary: { scanId: 0, firstScan: false, counts }, status: "complete", notes: [] }];
}
