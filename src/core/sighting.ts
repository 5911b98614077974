import type { Address } from "./address.ts";
import type { Port } from "./ports.ts";

/** One open port that a scan met. What the engine happened to learn besides is optional. */
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
   * Absent: the handshake was completed, or nobody can say. `half-open`: all that was seen is a SYN-ACK, which
   * middleboxes forge. `elsewhere`: so it is, and a handshake from here would not ask the same, because the scan looked
   * from another place or in a way of its own.
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
