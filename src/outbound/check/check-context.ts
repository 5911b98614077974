import type { Clock } from "../../core/clock.ts";

/** What checks need of the world besides the network. */
export interface CheckContext {
  /** The folder in which `ca_certs/` stands. */
  readonly directory: string;
  readonly clock: Clock;
}
