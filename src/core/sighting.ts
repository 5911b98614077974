import type { Address } from "./address.ts";
import type { Port } from "./ports.ts";

/** One open port that a scan found. What else the engine learned is optional. */
export interface Sighting {
  readonly address: Address;
  readonly port: Port;
  /** Reverse or user-given name. Text from outside, not yet made safe. */
  readonly hostname?: string | undefined;
  /** Six octets in lower-case hex with colons. */
  readonly mac?: string | undefined;
  readonly vendor?: string | undefined;
  readonly service?: ServiceVersion | undefined;
  /**
   * Absent: the handshake was completed, or that is not known. `half-open`: only a SYN-ACK was received, which
   * middleboxes forge. `elsewhere`: the same, and a handshake from here would be another probe, because the scan ran on another
   * machine, or with other source addresses or routes.
   */
  readonly unconfirmed?: "half-open" | "elsewhere" | undefined;
}

/** What answers on a port, as far as known. Text from outside, not yet made safe. */
export interface ServiceVersion {
  /** Protocol name as IANA or nmap has it: `ssh`, `http`. */
  readonly name?: string | undefined;
  readonly product?: string | undefined;
  readonly version?: string | undefined;
}
