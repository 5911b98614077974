import type { ServiceDetailsJson } from "./service-schema.ts";

/** All watches that know it say that it is gone. */
export function isGone({ watches }: Pick<ServiceDetailsJson, "watches">): boolean {
  return watches.length > 0 && watches.every(({ state }) => state === "gone");
}

/** What its reader should see first: it can be used by everybody, or its certificate has expired. */
export function isUrgent(service: ServiceDetailsJson): boolean {
  return !isGone(service) && (service.exposed === true || hasExpired(service));
}

function hasExpired({ address, port, certificates }: ServiceDetailsJson): boolean {
  return certificates.some(
    ({ daysLeft = 0, services }) =>
      daysLeft < 0 &&
      services.some((each) => each.address === address && each.port === port && each.current && !each.issuer),
  );
}

/** Exposed services first, then those with an expired certificate, then the others, last those that are gone; each by port. */
export function byUrgency(services: readonly ServiceDetailsJson[]): readonly ServiceDetailsJson[] {
  return services.toSorted((one, other) => rankOf(one) - rankOf(other) || one.port - other.port);
}

function rankOf(service: ServiceDetailsJson): number {
  if (isGone(service)) return 3;
  if (service.exposed === true) return 0;
  return isUrgent(service) ? 1 : 2;
}
