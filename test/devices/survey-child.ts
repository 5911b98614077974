import { execFile } from "node:child_process";
import { type Address, parseAddress } from "../../src/core/address.ts";
import { silentLog } from "../../src/core/log.ts";
import { formatRange, parseRange } from "../../src/core/network.ts";
import { SystemLinkSurveyor } from "../../src/outbound/devices/survey/link-surveyor.ts";
import { systemClock, systemRandom } from "../../src/platform/system-clock.ts";

/** What a test tells this program, as JSON in its first argument. */
export interface SurveyOrder {
  readonly ranges: readonly string[];
  readonly known?: readonly string[];
  readonly refused?: readonly string[];
  readonly arp?: false;
  /** How long ago the survey began, in milliseconds. */
  readonly sinceMsAgo?: number;
  readonly maxAddresses?: number;
  /** Ended from outside after so many milliseconds. */
  readonly abortAfterMs?: number;
  /** The interface `eth0` goes down after so many milliseconds. */
  readonly downAfterMs?: number;
}

/** What it prints: a survey, and how long it took. */
export interface SurveyReport {
  /** `address mac`, with `router` where it is one. */
  readonly present: readonly string[];
  readonly asked: readonly string[];
  readonly notes: readonly string[];
  readonly ms: number;
  /** Descriptors open before and after. */
  readonly descriptors: readonly [number, number];
}

if (process.argv[1] === import.meta.filename) {
  const { readdirSync } = await import("node:fs");
  const openDescriptors = () => readdirSync("/proc/self/fd").length;
  const order: SurveyOrder = JSON.parse(process.argv[2] ?? "");
  const refused = new Set(order.refused ?? []);
  const surveyor = new SystemLinkSurveyor({
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    ...(order.arp === undefined ? {} : { arp: order.arp }),
    ...(order.maxAddresses === undefined ? {} : { maxAddresses: order.maxAddresses }),
  });
  const request = {
    ranges: order.ranges.flatMap((text) => parseRange(text) ?? []),
    known: (order.known ?? []).flatMap((text): Address[] => {
      const address = parseAddress(text);
      return address === undefined ? [] : [address];
    }),
    since: Date.now() - (order.sinceMsAgo ?? 0),
    isAllowed: (address: Address) => !refused.has(address),
  };
  const signal =
    order.abortAfterMs === undefined ? new AbortController().signal : AbortSignal.timeout(order.abortAfterMs);
  // The event loop has opened its own descriptors, and the C library is loaded.
  await surveyor.survey({ ...request, ranges: [] }, new AbortController().signal);
  const before = openDescriptors();
  const start = performance.now();
  if (order.downAfterMs !== undefined) {
    setTimeout(() => execFile("ip", ["link", "set", "eth0", "down"], () => {}), order.downAfterMs);
  }
  const survey = await surveyor.survey(request, signal);
  const ms = performance.now() - start;
  const report: SurveyReport = {
    present: survey.present.map(
      ({ address, mac, isRouter }) => `${address} ${mac}${isRouter === true ? " router" : ""}`,
    ),
    asked: survey.asked.map(formatRange),
    notes: survey.notes,
    ms: Math.round(ms),
    descriptors: [before, openDescriptors()],
  };
  process.stdout.write(JSON.stringify(report));
}
