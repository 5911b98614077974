import type { Port } from "./ports.ts";

/** What is scanned, where, how, and who gets the reports: one `port_*` section or one entry of `watches`. */
export interface Watch {
  /** The configuration key, unique: `port_ssh`, `lan-web`. History belongs to this name. */
  readonly name: string;
  /** Groups watches into reports: one report per label and recipient. */
  readonly label: string;
  /** What the port is called in a report: `SSH`. */
  readonly portLabel?: string | undefined;
  readonly ports: readonly Port[];
  /** Mail addresses, each of which gets its own delivery. */
  readonly recipients: readonly string[];
  /** Names of channels in the section `notify` that get a short message. With no mail address either: a file only. */
  readonly notify?: readonly string[] | undefined;
  /** Those channels get a message after each run, even without news: `report_on: always` is set explicitly. */
  readonly alwaysPush?: true | undefined;
  readonly scan: ScanPlan;
  /** Devices on the networks of this machine are looked for, too, as far as it scans them. */
  readonly devices?: true;
  /** Run by the shell for each new host, with `{host}` and `{port}` filled in. */
  readonly postCommand?: string | undefined;
  /** Names of built-in checks to run on each host that a scan finds. */
  readonly checks: readonly string[];
  /** Interval after which a known host is checked again. Absent: after each scan. */
  readonly recheckMs?: number | undefined;
  /** Cron expression. Without it the watch runs at the daily report time. */
  readonly schedule?: string | undefined;
  /** It runs only at the times of its schedule: neither at the first start nor in every run of cron mode. */
  readonly onlyOnSchedule?: true | undefined;
  /** Covered misses in a row after which a host is gone. */
  readonly goneAfter: number;
  /** Reports in the words and the layout of the earlier tool, which programs read: set for `port_*` sections. */
  readonly reportStyle?: "legacy";
  /** `always`: a report after each run, whatever it found. `changes`: only when there is news. */
  readonly reportOn: "always" | "changes";
}

/** How a watch finds its hosts: the engine, and what the engine made of the configuration. */
export interface ScanPlan {
  /** Name of an engine; `none` for a watch that defines no way to scan, so every scan of it fails. */
  readonly engine: string;
  /** What is scanned, where the configuration lists it: addresses, networks, ranges, host names, or `@FILE` with one of them a line. */
  readonly targets?: readonly string[];
  /** The same forms; applied after names are resolved. */
  readonly exclude?: readonly string[];
}

/** The built-in scanner: full TCP handshakes, no privilege needed. */
export interface ConnectPlan extends ScanPlan {
  readonly engine: "connect";
  readonly targets: readonly string[];
  readonly exclude: readonly string[];
}
