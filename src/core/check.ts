import type { Port } from "./ports.ts";

/** The names of all built-in checks, for whoever must know them without loading them. */
export const checkNames = ["port", "tls", "http", "cert", "kafka", "exposure", "service"] as const;

/** One question to one endpoint. */
export interface CheckRequest {
  /** An address, or a name that the check resolves. */
  readonly host: string;
  readonly port: Port;
  /** For the whole check. */
  readonly timeoutMs: number;
  /** What the check's own options say, by long name: `{ path: "/", "vulnerable-match": "admin" }`. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** Whether a service can be used by anybody; see the exposure catalogue. */
export type Verdict = "exposed" | "protected" | "inconclusive";

/** What a check found. Every text comes from a stranger as likely as not: safe and bounded already. */
export interface CheckResult {
  readonly check: string;
  /** Exit status 0, or 1. */
  readonly passed: boolean;
  /** What is printed, without a trailing line feed: `port is open`. */
  readonly output: string;
  readonly verdict?: Verdict;
  /** The same for programs; plain JSON data. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface CheckOption {
  readonly name: string;
  /** Takes a value; otherwise it is a switch. */
  readonly value?: string;
  readonly description: string;
  /** Why a value cannot be taken; `undefined` where it can. */
  readonly refuses?: (value: string) => string | undefined;
}

/** A built-in check. It never logs in, never writes, and ends within its time. Expected failure is a result. */
export interface Check {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CheckOption[];
  run(request: CheckRequest, signal: AbortSignal): Promise<CheckResult>;
}
