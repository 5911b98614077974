import type { Address } from "../../../core/address.ts";
import type { ServiceStore } from "../../../core/store.ts";
import type { Section } from "../../../present/findings/report.ts";

/** Maximum number of hosts looked up for one report. Others are reported as ports gone or back, which is also true. */
const hostLimit = 500;

/** Maximum number of services read for one host. */
const servicesPerHost = 200;

/** What a report contains about one host: the ports of each kind. */
interface ReportedHost {
  readonly new: Set<number>;
  readonly gone: Set<number>;
  readonly returned: Set<number>;
  /** Its device answered when it was last looked for. */
  readonly deviceAnswers: boolean;
}

/**
 * Finds the hosts that are gone or back as a whole, among those with ports that `sections` report as gone or back. Gone: none
 * of the known ports answers any more, nor does the device. Back: none of them answered before.
 * @returns see `Report.wholeHosts`
 */
export async function wholeHosts(
  sections: readonly Section[],
  services: Pick<ServiceStore, "list">,
): Promise<ReadonlySet<Address>> {
  const whole = new Set<Address>();
  for (const [address, host] of reportedHosts(sections)) {
    // Its ports are closed, but the device answers.
    if (host.deviceAnswers && host.gone.size > 0) continue;
    const present = (await services.list({ address, state: "present", limit: servicesPerHost })).rows;
    const ports = present.map(({ port }) => port);
    if (isWholeHost(host, ports)) whole.add(address);
  }
  return whole;
}

function isWholeHost(host: ReportedHost, present: readonly number[]): boolean {
  if (host.gone.size === 0) return present.every((port) => host.returned.has(port) || host.new.has(port));
  // Another watch may not have missed a port yet.
  return host.returned.size + host.new.size === 0 && present.every((port) => host.gone.has(port));
}

function reportedHosts(sections: readonly Section[]): ReadonlyMap<Address, ReportedHost> {
  const hosts = new Map<Address, ReportedHost>();
  for (const { findings } of sections) {
    for (const { address, device } of [...findings.gone.shown, ...findings.returned.shown]) {
      if (address === undefined || hosts.size >= hostLimit || hosts.has(address)) continue;
      const deviceAnswers = device?.isThere === true;
      hosts.set(address, { new: new Set(), gone: new Set(), returned: new Set(), deviceAnswers });
    }
  }
  for (const { findings } of sections) {
    for (const kind of ["new", "gone", "returned"] as const) {
      for (const { address, port } of findings[kind].shown) {
        if (address !== undefined && port !== undefined) hosts.get(address)?.[kind].add(port);
      }
    }
  }
  return hosts;
}
