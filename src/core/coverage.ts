import { type Address, addressToBigInt } from "./address.ts";
import { type AddressRange, AddressSet } from "./network.ts";
import { everyPort, type Port } from "./ports.ts";

/**
 * What a scan really asked, as plain data: only an endpoint that is covered can be missed.
 * - `none`: nothing can be concluded (the scan failed).
 * - `all`: the engine looks at everything it is responsible for and cannot say more precisely (a user's command), `except`
 *   some endpoints of which it is known that nobody looked at them.
 * - `ranges`: exactly these addresses on these ports, `except` some endpoints that could not be asked.
 */
export type Coverage =
  | { readonly kind: "none" }
  | { readonly kind: "all"; readonly except?: readonly string[] }
  | {
      readonly kind: "ranges";
      readonly ranges: readonly AddressRange[];
      readonly ports: readonly Port[];
      /**
       * `address port` of endpoints that were due but never asked; the port {@link everyPort} stands for the host as a whole.
       * At most {@link maxExceptions}; past it coverage is `none`.
       */
      readonly except: readonly string[];
    };

/** Past this many endpoints that could not be asked, absence is not concluded at all. */
export const maxExceptions = 10_000;

/**
 * Prepares the question "was this endpoint asked?" once, for many endpoints. That every port of a host answers is in
 * question as soon as one was asked.
 */
export function coverageTest(coverage: Coverage): (address: Address, port: Port) => boolean {
  switch (coverage.kind) {
    case "none":
      return () => false;
    case "all": {
      const except = new Set(coverage.except);
      return (address, port) => !except.has(`${address} ${port}`);
    }
    case "ranges": {
      const addresses = new AddressSet(coverage.ranges);
      const ports = new Set(coverage.ports);
      const except = new Set(coverage.except);
      const isAsked = (address: Address, port: Port) => !except.has(`${address} ${port}`);
      return (address, port) => {
        if (port === everyPort) {
          return (
            addresses.has(address) &&
            isAsked(address, everyPort) &&
            coverage.ports.some((each) => isAsked(address, each))
          );
        }
        return ports.has(port) && addresses.has(address) && isAsked(address, port);
      };
    }
  }
}

/** The number of endpoints asked, where it is known. */
export function coverageSize(coverage: Coverage): bigint | undefined {
  if (coverage.kind === "all") return undefined;
  if (coverage.kind === "none") return 0n;
  const addresses = coverage.ranges.reduce((sum, range) => sum + (range.last - range.first + 1n), 0n);
  return addresses * BigInt(coverage.ports.length) - BigInt(coverage.except.length);
}

/** Coverage of a single address, for tests and for one-host engines. */
export function coverageOf(addresses: readonly Address[], ports: readonly Port[]): Coverage {
  const ranges = addresses.map((address): AddressRange => {
    const value = addressToBigInt(address);
    return { family: address.includes(":") ? 6 : 4, first: value, last: value };
  });
  return { kind: "ranges", ranges, ports, except: [] };
}
