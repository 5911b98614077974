import type { Address } from "../../core/address.ts";
import { everyPort } from "../../core/ports.ts";
import type { ServiceStore } from "../../core/store.ts";
import type { Section } from "./report.ts";

/** Hosts looked up for one report at most. Of the others it is said that ports are gone or back, which is true as well. */
const hostLimit = 500;

/** Services of one host that are looked at. */
const servicesPerHost = 200;

/**
 * Of which hosts, among those that `sections` call gone or back, no other known port answers.
 * @returns see `Report.wholeHosts`
 */
export async function wholeHosts(
  sections: readonly Section[],
  services: Pick<ServiceStore, "list">,
): Promise<ReadonlySet<Address>> {
  const told = portsByHost(sections);
  const whole = new Set<Address>();
  for (const address of hostsInQuestion(sections)) {
    const ports = told.get(address);
    const present = await services.list({ address, state: "present", limit: servicesPerHost });
    if (present.every(({ port }) => ports?.has(port) === true || port === everyPort)) whole.add(address);
  }
  return whole;
}

function hostsInQuestion(sections: readonly Section[]): readonly Address[] {
  const hosts = new Set<Address>();
  for (const { findings } of sections) {
    for (const { address } of [...findings.gone.shown, ...findings.returned.shown]) {
      if (address !== undefined && hosts.size < hostLimit) hosts.add(address);
    }
  }
  return [...hosts];
}

/** The ports of each host that come, go or come back in this report. */
function portsByHost(sections: readonly Section[]): ReadonlyMap<Address, ReadonlySet<number>> {
  const told = new Map<Address, Set<number>>();
  for (const { findings } of sections) {
    for (const { address, port } of [...findings.new.shown, ...findings.gone.shown, ...findings.returned.shown]) {
      if (address === undefined || port === undefined) continue;
      const ports = told.get(address);
      if (ports === undefined) told.set(address, new Set([port]));
      else ports.add(port);
    }
  }
  return told;
}
