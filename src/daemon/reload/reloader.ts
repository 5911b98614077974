// Reloads the configuration while the program runs. The new one is started completely beside the
// running one, and only then replaces it in one step. A failure before that changes nothing.
import type { Config } from "../../config/config.ts";
import type { LoadOutcome } from "../../config/load.ts";
import { formatProblem } from "../../config/problems.ts";
import type { Clock } from "../../core/clock.ts";
import { HarbingerError, messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { describeChanges } from "./describe-changes.ts";
import { needsRestart } from "./needs-restart.ts";
import type { Replaceable, Replacement } from "./replacement.ts";

/** The result of a reload. */
export type ReloadOutcome =
  | {
      readonly reloaded: true;
      /** The file; `null` for the built-in default. */
      readonly source: string | null;
      /** In words; empty if nothing has changed. */
      readonly changes: readonly string[];
      readonly warnings: readonly string[];
    }
  | {
      readonly reloaded: false;
      /** The reasons, with their place if known: `harbinger.yaml:12:5: watches.lan.ports: ...`. */
      readonly problems: readonly string[];
      readonly remedy?: string | undefined;
    };

export interface ReloaderOptions {
  /** The active configuration. */
  readonly running: () => Config;
  readonly read: () => Promise<LoadOutcome>;
  /** In the order of preparation and commit: parts whose preparation has visible effects come last. */
  readonly parts: readonly Replaceable<Config>[];
  /** Called when the new configuration is active. */
  readonly committed: (config: Config) => void;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted at shutdown: a reload that is not committed yet is abandoned. */
  readonly signal: AbortSignal;
}

/** A longer reload waits for a disk or a database that does not respond. */
export const reloadLimitMs = 30_000;

/** Maximum log lines about an invalid configuration. */
const maxLogged = 20;

/** One attempt: abandoned or committed, never both. */
interface Attempt {
  state: "open" | "given-up" | "committed";
}

export class Reloader {
  readonly #options: ReloaderOptions;
  /** An abandoned attempt that has not finished. */
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
        log.info("configuration reloaded; no changes", { file });
      } else {
        for (const warning of warnings.slice(0, maxLogged)) log.warn(`configuration: ${warning}`);
        log.info("configuration reloaded", { file, changes: changes.join("; ") });
      }
    } else {
      log.error("configuration not reloaded; the current one remains active", { remedy: outcome.remedy });
      for (const problem of outcome.problems.slice(0, maxLogged)) log.error(`configuration: ${problem}`);
    }
    return outcome;
  }

  /** Resolves when the parts replaced by the last reload have stopped. */
  async finished(): Promise<void> {
    await this.#finishing;
  }

  async #tryWithinLimit(): Promise<ReloadOutcome> {
    const { clock, signal } = this.#options;
    if (this.#hanging !== undefined) {
      return refused("an earlier reload still waits for a file or for the database, which does not respond");
    }
    const attempt: Attempt = { state: "open" };
    const work = this.#try(attempt);
    const over = new AbortController();
    const limit = clock.sleep(reloadLimitMs, AbortSignal.any([over.signal, signal])).then(() => {
      if (over.signal.aborted || attempt.state === "committed") return work;
      attempt.state = "given-up";
      if (signal.aborted) return refused("harbinger is shutting down");
      return refused(`it took longer than ${reloadLimitMs / 1000} seconds: a file or the database does not respond`);
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
        return refused("the reload was abandoned");
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
        this.#options.log.error("a part of the previous configuration did not stop cleanly", {
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
  return { reloaded: false, problems: [problem], remedy };
}
