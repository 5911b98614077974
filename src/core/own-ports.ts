import type { Address } from "./address.ts";
import type { Endpoint } from "./connection.ts";
import type { Port } from "./ports.ts";

interface Listened {
  /** Every IPv4, every IPv6 address of this machine. */
  four: boolean;
  six: boolean;
  readonly addresses: Set<string>;
}

/** The ports that this program itself listens on: its decoys. Open ones are not findings. */
export class OwnPorts {
  readonly #ports = new Map<Port, Listened>();
  readonly #isLocal: (address: Address) => boolean;

  /**
   * @param endpoints as bound: `0.0.0.0` and `::` mean every address, and `::` IPv4, too, where nothing of that stands beside it
   * @param isLocal whether an address is one of this machine
   */
  constructor(endpoints: readonly Endpoint[], isLocal: (address: Address) => boolean) {
    this.#isLocal = isLocal;
    for (const { address, port } of endpoints) {
      const listened = this.#ports.get(port) ?? { four: false, six: false, addresses: new Set() };
      this.#ports.set(port, listened);
      if (address === "0.0.0.0") listened.four = true;
      else if (address === "::") listened.six = true;
      else listened.addresses.add(address);
    }
    for (const listened of this.#ports.values()) {
      const hasFour = listened.four || [...listened.addresses].some((address) => !address.includes(":"));
      if (listened.six && !hasFour) listened.four = true;
    }
  }

  /** Whether this program listens on that port on any address; quick. */
  hasPort(port: Port): boolean {
    return this.#ports.has(port);
  }

  has(address: Address, port: Port): boolean {
    const listened = this.#ports.get(port);
    if (listened === undefined) return false;
    if (listened.addresses.has(address)) return true;
    return (address.includes(":") ? listened.six : listened.four) && this.#isLocal(address);
  }
}
