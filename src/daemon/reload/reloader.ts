// Reads the configuration again and puts it in force while the program runs. The new one is made completely, beside the
// one that runs; only then it takes the place of it, at once. Whatever fails before that leaves everything as it is.
import type { Config } from "../../config/config.ts";
import type { LoadOutcome } from "../../config/load.ts";
import { formatProblem } from "../../config/problems.ts";
import type { Clock } from "../../core/clock.ts";
import { HarbingerError, messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { describeChanges } from "./describe-changes.ts";
import { needsRestart } from "./needs-restart.ts";
import type { Replaceable, Replacement } from "./replacement.ts";

/** What came of a reload. */
export type ReloadOutcome =
  | {
      readonly reloaded: true;
      /** The file; `null` for the built-in default. */
      readonly source: string | null;
      /** In words; empty where nothing has changed. */
      readonly changes: readonly string[];
      readonly warnings: readonly string[];
    }
  | {
      readonly reloaded: false;
      /** Why, each with its place where it has one: `harbinger.yaml:12:5: watches.lan.ports: ...`. */
      readonly problems: readonly string[];
      readonly remedy?: string;
    };

export interface ReloaderOptions {
  /** What is in force. */
  readonly running: () => Config;
  readonly read: () => Promise<LoadOutcome>;
  /** In the order in which they are made and put in force: what may fail and cannot be tried without effect comes last. */
  readonly parts: readonly Replaceable<Config>[];
  /** It is in force. */
  readonly committed: (config: Config) => void;
  readonly clock: Clock;
  readonly log: Log;
  /** The program ends: a reload that has not come to its point is given up. */
  readonly signal: AbortSignal;
}

/** A reload that takes longer than this waits for a disk or a database that does not answer. */
export const reloadLimitMs = 30_000;

/** Lines of the log about one configuration that cannot be used. */
const mostLogged = 20;

/** One attempt: it is given up or committed, not both. */
interface Attempt {
  state: "open" | "given-up" | "committed";
}

export class Reloader {
  readonly #options: ReloaderOptions;
  /** An attempt that was given up and does not come to its end. */
  #hanging: Promise<unknown> | undefined;
  #finishing: Promise<void> = Promise.resolve();

  constructor(options: ReloaderOptions) {
    this.#options = options;
  }

  /** Never rejects. One at a time. */
  async reload(): Promise<ReloadOutcome> {
    const { log } = this.#options;
    await this.#finishing;
    const outcome = await this.#tryWithinLimit();
    if (outcome.reloaded) {
      const { source, changes, warnings } = outcome;
      const file = source ?? undefined;
      if (changes.length === 0) {
        log.info("configuration reloaded; nothing has changed", { file });
      } else {
        for (const warning of warnings.slice(0, mostLogged)) log.warn(`configuration: ${warning}`);
        log.info("configuration reloaded", { file, changes: changes.join("; ") });
      }
    } else {
      log.error("the configuration was not reloaded; the running one stays", { remedy: outcome.remedy });
      for (const problem of outcome.problems.slice(0, mostLogged)) log.error(`configuration: ${problem}`);
    }
    return outcome;
  }

  /** Resolves when what the last reload took the place of has ended. */
  async finished(): Promise<void> {
    await this.#finishing;
  }

  async #tryWithinLimit(): Promise<ReloadOutcome> {
    const { clock, signal } = this.#options;
    if (this.#hanging !== undefined) {
      return refused("an earlier reload still waits for a file or for the database, which does not answer");
    }
    const attempt: Attempt = { state: "open" };
    const work = this.#try(attempt);
    const over = new AbortController();
    const limit = clock.sleep(reloadLimitMs, AbortSignal.any([over.signal, signal])).then(() => {
      if (over.signal.aborted || attempt.state === "committed") return work;
      attempt.state = "given-up";
      if (signal.aborted) return refused("the program ends");
      return refused(`it took longer than ${reloadLimitMs / 1000} seconds: a file or the database does not answer`);
    });
    const outcome = await Promise.race([work, limit]);
    over.abort();
    if (attempt.state === "given-up") {
      this.#hanging = work.finally(() => {
        this.#hanging = undefined;
      });
    }
    return outcome;
  }

  async #try(attempt: Attempt): Promise<ReloadOutcome> {
    const { read, running, parts, committed } = this.#options;
    const made: Replacement[] = [];
    try {
      const loaded = await read();
      if (loaded.kind === "invalid") return { reloaded: false, problems: loaded.problems.map(formatProblem) };
      const { config, warnings } = loaded;
      const before = running();
      const unchangeable = needsRestart(before, config);
      if (unchangeable.length > 0) return { reloaded: false, problems: unchangeable.map(formatProblem) };
      for (const part of parts) {
        if (attempt.state === "given-up") break;
        const replacement = await part.prepare(config);
        if (replacement !== undefined) made.push(replacement);
      }
      if (attempt.state === "given-up") {
        await abandon(made);
        return refused("it was given up");
      }
      attempt.state = "committed";
      for (const replacement of made) replacement.commit();
      committed(config);
      this.#finishing = this.#finish(made);
      return {
        reloaded: true,
        source: config.source ?? null,
        changes: describeChanges(before, config),
        warnings: warnings.map(formatProblem),
      };
    } catch (error) {
      await abandon(made);
      return refused(messageOf(error), error instanceof HarbingerError ? error.remedy : undefined);
    }
  }

  async #finish(made: readonly Replacement[]): Promise<void> {
    for (const replacement of made) {
      try {
        await replacement.finish?.();
      } catch (error) {
        this.#options.log.error("something of the former configuration did not end in order", {
          error: messageOf(error),
        });
      }
    }
  }
}

async function abandon(made: readonly Replacement[]): Promise<void> {
  for (const replacement of made.toReversed()) await replacement.abandon?.();
}

function refused(problem: string, remedy?: string): ReloadOutcome {
  return { reloaded: false, problems: [problem], ...(remedy === undefined ? {} : { remedy }) };
}
