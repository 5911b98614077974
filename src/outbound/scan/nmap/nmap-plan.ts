/** A command line of nmap, from the configuration. */
export interface NmapPlan {
  readonly engine: "nmap";
  /** As configured: `{port}` is not filled in. */
  readonly commandLine: string;
  readonly timeoutMs: number;
}
