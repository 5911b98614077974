import type { Address } from "../../../core/address.ts";
import type { OwnPorts } from "../../../core/own-ports.ts";
import type { Port } from "../../../core/ports.ts";
import type { ScanTargets } from "../targets/resolve-targets.ts";
import type { TargetSpace } from "../targets/target-space.ts";

/** Translates numbers of endpoints: `port index * hosts + host index`. */
export class ScanEndpoints {
  readonly #space: TargetSpace;
  readonly #targets: ScanTargets;
  readonly #ports: readonly Port[];
  readonly #own: OwnPorts;

  constructor(options: {
    readonly space: TargetSpace;
    readonly targets: ScanTargets;
    readonly ports: readonly Port[];
    readonly own: OwnPorts;
  }) {
    this.#space = options.space;
    this.#targets = options.targets;
    this.#ports = options.ports;
    this.#own = options.own;
  }

  at(endpoint: number): { readonly address: Address; readonly port: Port } {
    const address = this.#space.addressAt(endpoint % this.#space.size);
    const zone = this.#targets.zones.get(address);
    return {
      address: zone === undefined ? address : (`${address}%${zone}` as Address),
      port: this.portOf(endpoint),
    };
  }

  /** The address to connect to; cheaper than {@link at}. */
  hostOf(endpoint: number): string {
    return this.#targets.zones.size === 0 ? this.#space.hostAt(endpoint % this.#space.size) : this.at(endpoint).address;
  }

  /** The name of the host, where the target is a name. */
  hostnameOf(endpoint: number): string | undefined {
    return this.#targets.names.get(this.#space.addressAt(endpoint % this.#space.size));
  }

  /** A decoy of this program: a probe would only send an alert about this machine. */
  isOwn(endpoint: number): boolean {
    if (!this.#own.hasPort(this.portOf(endpoint))) return false;
    const { address, port } = this.at(endpoint);
    return this.#own.has(address, port);
  }

  portOf(endpoint: number): Port {
    return this.#ports[Math.floor(endpoint / this.#space.size)] ?? 0;
  }
}
