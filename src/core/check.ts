import type { Port } from "./ports.ts";

/** The names of the built-in checks: known here without loading the checks. `outbound/check/registry.ts` has one check for each. */
export const checkNames = ["port", "tls", "http", "cert", "kafka", "exposure", "service"] as const;

export type CheckName = (typeof checkNames)[number];

/** The values of a check's options by their long names: `{ url: "/", "vulnerable-match": "admin", tls: true }`. */
export type CheckOptions = Readonly<Record<string, string | boolean | undefined>>;

/** One question to one endpoint. */
export interface CheckRequest<Options = CheckOptions> {
  /** An address, or a name that the check resolves. */
  readonly host: string;
  readonly port: Port;
  /** For the whole check. */
  readonly timeoutMs: number;
  readonly options: Options;
}

/** Whether a service can be used without authentication; see the exposure catalogue. */
export type Verdict = "exposed" | "protected" | "inconclusive";

/** What a check found. Texts may come from the server: they are escaped and cut already. */
export interface CheckResult<Facts = Readonly<Record<string, unknown>>> {
  readonly check: string;
  /** The exit status: 0 where passed, 1 where not. */
  readonly passed: boolean;
  /** What is printed, without the last line feed: `port is open`. */
  readonly output: string;
  readonly verdict?: Verdict | undefined;
  /** The same for programs: plain JSON data. */
  readonly facts: Facts;
}

export interface CheckOption {
  readonly name: string;
  /** The placeholder of the value in help texts; absent for a switch. */
  readonly value?: string;
  readonly description: string;
  /** Why a value is not valid; `undefined` where it is. */
  readonly refuses?: (value: string) => string | undefined;
}

/** Words after HOST and PORT that are not options. */
export interface CheckOperands {
  /** `[http|https] [PATH]` */
  readonly usage: string;
  /** Turns the words into options. `rest`: the words that it does not know. */
  read(
    words: readonly string[],
    options: CheckOptions,
  ): { readonly options: CheckOptions; readonly rest: readonly string[] };
}

/** How a check runs where it must be quick. */
export interface QuickRun {
  readonly maxTimeMs?: number;
  readonly options?: CheckOptions;
}

/** A built-in check. It never sends passwords and never writes to the server, and it ends within its time. An expected failure is a result. */
export interface Check {
  readonly name: string;
  readonly description: string;
  /** When it passes, where the description does not tell it. */
  readonly passes?: string | undefined;
  readonly options: readonly CheckOption[];
  readonly operands?: CheckOperands | undefined;
  /** The time of the whole check, unless the caller gives another. */
  readonly timeoutMs?: number | undefined;
  /** As one of the checks of a watch, for every service that a scan found. */
  readonly inExamination?: QuickRun | undefined;
  /** In place of a script in a `post_command`. */
  readonly inPostCommand?: QuickRun | undefined;
  run(request: CheckRequest, signal: AbortSignal): Promise<CheckResult>;
}
