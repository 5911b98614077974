import { type Address, parseAddress } from "../../core/address.ts";
import { isPort, type Port } from "../../core/ports.ts";
import type { ServiceVersion } from "../../core/sighting.ts";
import { type NmapHost, type NmapOpenPort, type NotOpen, notOpenBy } from "./host.ts";

/** Collects the elements of one host. */
export class HostBuilder {
  #hostname: string | undefined;
  #targetName: string | undefined;
  readonly #notOpen = new Map<Port, NotOpen>();
  readonly #timedOut: boolean;
  #seenAt: number | undefined;
  #isUp = true;
  #address: Address | undefined;
  #mac: string | undefined;
  #vendor: string | undefined;
  readonly #openPorts = new Map<Port, NmapOpenPort>();
  #port: { readonly number: number; state?: string; reason?: string | undefined; service?: ServiceVersion } | undefined;

  constructor(timedOut: boolean) {
    this.#timedOut = timedOut;
  }

  setTime(seenAt: number | undefined): void {
    this.#seenAt = seenAt;
  }

  setUp(isUp: boolean): void {
    this.#isUp = isUp;
  }

  addAddress(text: string, type: string | undefined, vendor: string | undefined): void {
    if (type === "mac") {
      if (!/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text)) return;
      this.#mac = text.toLowerCase();
      this.#vendor = vendor;
    } else {
      this.#address ??= parseAddress(text);
    }
  }

  startPort(protocol: string | undefined, id: string | undefined): void {
    this.#port = protocol === "tcp" && id !== undefined ? { number: Number(id) } : undefined;
  }

  setState(state: string | undefined, reason: string | undefined): void {
    if (this.#port === undefined || state === undefined) return;
    this.#port.state = state;
    this.#port.reason = reason;
  }

  addName(name: string | undefined, type: string | undefined): void {
    if (name === undefined || name === "") return;
    this.#hostname ??= name;
    if (type === "user") this.#targetName ??= name;
  }

  addNotOpen(port: Port, state: string | undefined, reason: string | undefined): void {
    const notOpen = notOpenBy(state, reason);
    if (notOpen !== undefined) this.#notOpen.set(port, notOpen);
  }

  setService(
    name: string | undefined,
    product: string | undefined,
    version: string | undefined,
    tunnel: string | undefined,
  ): void {
    if (this.#port === undefined) return;
    this.#port.service = {
      // As in nmap's table.
      name: name !== undefined && tunnel === "ssl" ? `ssl/${name}` : name,
      product,
      version,
    };
  }

  endPort(isWanted: (port: Port) => boolean): void {
    const port = this.#port;
    this.#port = undefined;
    // `open|filtered` is a guess, not an open port.
    if (port === undefined || !isPort(port.number) || !isWanted(port.number)) return;
    if (port.state !== "open") {
      this.addNotOpen(port.number, port.state, port.reason);
      return;
    }
    const service = port.service;
    this.#openPorts.set(port.number, { port: port.number, service });
  }

  build(handshakesCompleted: boolean): NmapHost | undefined {
    if (this.#address === undefined) return undefined;
    return {
      address: this.#address,
      hostname: this.#hostname,
      targetName: this.#targetName,
      mac: this.#mac,
      vendor: this.#vendor,
      openPorts: [...this.#openPorts.values()],
      notOpen: this.#notOpen.size === 0 ? undefined : this.#notOpen,
      timedOut: this.#timedOut,
      isUp: this.#isUp,
      seenAt: this.#seenAt,
      handshakesCompleted,
    };
  }
}
