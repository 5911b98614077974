export interface ServerChoice {
  readonly kind: "bare" | "capture" | "whole";
  readonly host?: string;
  /** Where `whole` stores: a file. */
  readonly database?: string;
  /** Where `whole` pushes its alerts: a server that answers as ntfy does. */
  readonly push?: string;
  /** Keys of the listener's configuration. */
  readonly entry?: Readonly<Record<string, unknown>>;
}

export type ServerOrder = "usage" | "stop";

export type Counts = Readonly<Record<string, number>>;

export type ServerReply =
  | { readonly kind: "listening"; readonly port: number }
  | {
      readonly kind: "usage";
      /** Processor time of the process so far, its threads included; microseconds. */
      readonly userUs: number;
      readonly systemUs: number;
      /** Of that, the thread that accepts. */
      readonly acceptingThreadUs: number;
      /** Resident memory now and at its peak; bytes. */
      readonly rss: number;
      readonly peak: number;
      readonly counts: Counts;
    }
  | { readonly kind: "stopped"; readonly counts: Counts };
