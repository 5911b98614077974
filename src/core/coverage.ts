import { type Address, addressToBigInt } from "./address.ts";
import { type AddressRange, AddressSet } from "./network.ts";
import { everyPort, type Port } from "./ports.ts";

/**
 * What a scan really probed, as plain data: only an endpoint that is covered can be missed.
 * - `none`: absence proves nothing (the scan failed).
 * - `all`: everything that the watch is about, where the engine cannot list it (a user's command), `except` endpoints that are
 *   known not to have been probed.
 * - `ranges`: exactly these addresses on these ports, `except` endpoints that could not be probed.
 */
export type Coverage =
  | { readonly kind: "none" }
  | { readonly kind: "all"; readonly except?: readonly string[] }
  | {
      readonly kind: "ranges";
      readonly ranges: readonly AddressRange[];
      readonly ports: readonly Port[];
      /**
       * `address port` of requested endpoints that were not probed; the port {@link everyPort} stands for the host as a whole.
       * At most {@link maxExceptions}; past it coverage is `none`.
       */
      readonly except: readonly string[];
    };

/** With more endpoints that could not be probed, absence proves nothing. */
export const maxExceptions = 10_000;

/**
 * Returns a test whether an endpoint was probed, prepared for many endpoints. The port `everyPort` of a host was probed as soon
 * as one of its ports was.
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
      const isProbed = (address: Address, port: Port) => !except.has(`${address} ${port}`);
      return (address, port) => {
        if (port === everyPort) {
          return (
            addresses.has(address) &&
            isProbed(address, everyPort) &&
            coverage.ports.some((each) => isProbed(address, each))
          );
        }
        return ports.has(port) && addresses.has(address) && isProbed(address, port);
      };
    }
  }
}

/** The number of endpoints probed, where it is known. */
export function coverageSize(coverage: Coverage): bigint | undefined {
  if (coverage.kind === "all") return undefined;
  if (coverage.kind === "none") return 0n;
  const addresses = coverage.ranges.reduce((sum, range) => sum + (range.last - range.first + 1n), 0n);
  return addresses * BigInt(coverage.ports.length) - BigInt(coverage.except.length);
}

/** The part of what was asked for that was probed, from 0 to 1, where it is known. */
export function coverageRatio(coverage: Coverage): number | undefined {
  if (coverage.kind === "none") return 0;
  const size = coverageSize(coverage);
  if (coverage.kind === "all" || size === undefined) return undefined;
  const asked = size + BigInt(coverage.except.length);
  return asked === 0n ? undefined : Number(size) / Number(asked);
}

/** Coverage of a single address, for tests and for one-host engines. */
export function coverageOf(addresses: readonly Address[], ports: readonly Port[]): Coverage {
  const ranges = addresses.map((address): AddressRange => {
    const value = addressToBigInt(address);
    return { family: address.includes(":") ? 6 : 4, first: value, last: value };
  });
  return { kind: "ranges", ranges, ports, except: [] };
}
