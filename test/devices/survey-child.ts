import { execFileSync } from "node:child_process";
import { type Address, parseAddress } from "../../src/core/address.ts";
import type { Clock } from "../../src/core/clock.ts";
import { silentLog } from "../../src/core/log.ts";
import { formatRange, parseRange } from "../../src/core/network.ts";
import { SystemLinkSurveyor } from "../../src/outbound/devices/survey/link-surveyor.ts";
import { SystemNeighbourTable } from "../../src/platform/neighbours/neighbour-table.ts";
import { systemClock, systemRandom } from "../../src/platform/system-clock.ts";

/** The input from a test, as JSON in the first argument. */
export interface SurveyOrder {
  readonly ranges: readonly string[];
  readonly known?: readonly string[];
  readonly refused?: readonly string[];
  readonly arp?: false;
  /** How long ago the survey began, in milliseconds. */
  readonly sinceMsAgo?: number;
  readonly maxAddresses?: number;
  /** The survey is aborted at this wait. */
  readonly abortAtWait?: number;
  /** The interface `eth0` goes down at this wait. */
  readonly downAtWait?: number;
}

/** The output. */
export interface SurveyReport {
  /** `address mac`, with `router` if it is one. */
  readonly present: readonly string[];
  readonly probed: readonly string[];
  readonly notes: readonly string[];
  /** Waits that began after the abort and ran to their end, in milliseconds. */
  readonly awaitedAfterAbort: number;
  /** Descriptors open before and after. */
  readonly descriptors: readonly [number, number];
}

if (process.argv[1] === import.meta.filename) {
  const { readdirSync } = await import("node:fs");
  const openDescriptors = () => readdirSync("/proc/self/fd").length;
  const order: SurveyOrder = JSON.parse(process.argv[2] ?? "");
  const refused = new Set(order.refused ?? []);
  const ended = new AbortController();
  let waits = 0;
  let awaitedAfterAbort = 0;
  const clock: Clock = {
    ...systemClock,
    async sleep(ms, signal) {
      // The longest wait is the time limit of the whole survey.
      if (ms <= 1000) waits += 1;
      if (waits === order.downAtWait) execFileSync("ip", ["link", "set", "eth0", "down"]);
      if (waits === order.abortAtWait) ended.abort();
      const isLate = ended.signal.aborted;
      await systemClock.sleep(ms, signal);
      if (isLate && signal?.aborted !== true) awaitedAfterAbort += ms;
    },
  };
  const surveyor = new SystemLinkSurveyor({
    clock,
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
  // The event loop has opened its own descriptors, and the C library is loaded.
  await surveyor.survey({ ...request, ranges: [] }, AbortSignal.abort());
  await new SystemNeighbourTable(systemClock).read();
  waits = 0;
  const before = openDescriptors();
  const survey = await surveyor.survey(request, ended.signal);
  const report: SurveyReport = {
    present: survey.present.map(
      ({ address, mac, isRouter }) => `${address} ${mac}${isRouter === true ? " router" : ""}`,
    ),
    probed: survey.probed.map(formatRange),
    notes: survey.notes,
    awaitedAfterAbort,
    descriptors: [before, openDescriptors()],
  };
  process.stdout.write(JSON.stringify(report));
}
