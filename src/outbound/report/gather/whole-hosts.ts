import type { Address } from "../../../core/address.ts";
import type { ServiceStore } from "../../../core/store.ts";
import type { Section } from "../../../present/findings/report.ts";

/** Hosts looked up for one report at most. Of the others it is said that ports are gone or back, which is true as well. */
const hostLimit = 500;

/** Services of one host that are looked at. */
const servicesPerHost = 200;

/** What a report tells of one host: the ports of each kind. */
interface Told {
  readonly new: Set<number>;
  readonly gone: Set<number>;
  readonly returned: Set<number>;
  /** Its device answered when it was last looked for. */
  readonly isThere: boolean;
}

/**
 * Of which hosts, among those of which `sections` call ports gone or back, this is true of the whole host: none of its
 * known ports answers any more, and neither does its device; or none answered before.
 * @returns see `Report.wholeHosts`
 */
export async function wholeHosts(
  sections: readonly Section[],
  services: Pick<ServiceStore, "list">,
): Promise<ReadonlySet<Address>> {
  const whole = new Set<Address>();
  for (const [address, told] of toldOfHosts(sections)) {
    // Its ports are closed; it answers all the same.
    if (told.isThere && told.gone.size > 0) continue;
    const present = (await services.list({ address, state: "present", limit: servicesPerHost })).rows;
    const ports = present.map(({ port }) => port);
    if (isWholeHost(told, ports)) whole.add(address);
  }
  return whole;
}

function isWholeHost(told: Told, present: readonly number[]): boolean {
  if (told.gone.size === 0) return present.every((port) => told.returned.has(port) || told.new.has(port));
  // What another watch does not yet miss may still be called present.
  return told.returned.size + told.new.size === 0 && present.every((port) => told.gone.has(port));
}

function toldOfHosts(sections: readonly Section[]): ReadonlyMap<Address, Told> {
  const hosts = new Map<Address, Told>();
  for (const { findings } of sections) {
    for (const { address, device } of [...findings.gone.shown, ...findings.returned.shown]) {
      if (address === undefined || hosts.size >= hostLimit || hosts.has(address)) continue;
      const isThere = device?.isThere === true;
      hosts.set(address, { new: new Set(), gone: new Set(), returned: new Set(), isThere });
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
