import type { Endpoint } from "./connection.ts";
import type { Port } from "./ports.ts";
import type { Watch } from "./watch.ts";

/** A configured watch while the program runs. */
export interface WatchState {
  readonly watch: Watch;
  /** It is waiting for its scan, scanning, or in a later stage. */
  readonly isRunning: boolean;
  /** When it is due next; milliseconds since the epoch. Absent: never. */
  readonly nextAt?: number | undefined;
}

/** A configured listener while the program runs. */
export interface ListenerState {
  readonly name: string;
  /** Configured; each once. */
  readonly ports: readonly Port[];
  /** What is open now. */
  readonly endpoints: readonly Endpoint[];
  /** Connections since the start of the program that the client reset so early that the system no longer knew its address. */
  readonly resetEarly: number;
}
