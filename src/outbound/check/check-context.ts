import type { Clock } from "../../core/clock.ts";

/** What checks use besides the network. */
export interface CheckContext {
  /** The folder that contains `ca_certs/`. */
  readonly directory: string;
  readonly clock: Clock;
}
