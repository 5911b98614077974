/** A scan as it is stored. Times are milliseconds since the epoch. */
export interface ScanRecord {
  readonly id: number;
  readonly watch: string;
  readonly engine: string;
  readonly startedAt: number;
  readonly endedAt?: number | undefined;
  readonly status: "running" | "complete" | "partial" | "failed" | "abandoned";
  readonly reason?: string | undefined;
  readonly notes: readonly string[];
  readonly sighted: number;
  /** The real coverage, in words; bounded. */
  readonly coverage?: string | undefined;
}
