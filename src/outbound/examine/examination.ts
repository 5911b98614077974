import type { Check } from "../../core/check.ts";
import type { Clock } from "../../core/clock.ts";
import type { Audience } from "../../core/delivery.ts";
import { messageOf } from "../../core/errors.ts";
import type { ExaminationStore } from "../../core/examination.ts";
import type { Log } from "../../core/log.ts";
import type { DiscoveryStore } from "../../core/store.ts";
import type { Watch } from "../../core/watch.ts";
import type { RunPostCommand } from "../check/post-command/post-command.ts";
import { Semaphore } from "../check/semaphore.ts";
import { type Answers, askService } from "./ask-service.ts";
import { awaitingEvidence, type Candidate, dueServices } from "./candidates.ts";
import { forEachConcurrently } from "./for-each-concurrently.ts";
import { Recorder } from "./recorder.ts";

/** Services that built-in checks examine at the same time, over all watches. */
const maxServices = 32;

/** Services of one watch in progress at the same time. More than above, so that services whose command runs do not block checks. */
const maxInProgress = 64;

/** The name under which the result of a watch's `post_command` is stored. */
const postCommandName = "post_command";

const progressEveryMs = 1000;

export interface ExaminationOptions {
  readonly discoveries: DiscoveryStore;
  readonly examinations: ExaminationStore;
  readonly checks: readonly Check[];
  readonly runPostCommand: RunPostCommand;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ExaminationRequest {
  readonly watch: Watch;
  /** All audiences of this watch. */
  readonly audiences: readonly Audience[];
  /** Called once a second with the number of examined services. */
  readonly progress?: ((done: number) => void) | undefined;
}

/**
 * Takes a watch that was just scanned; stores the results of its checks. On new hosts it runs the checks and the command of the
 * watch, and their outputs become the evidence. On every other service that the scan found open it runs the checks again, and a
 * change becomes a discovery. A service is recorded with all its results, never in part.
 */
export class Examination {
  readonly #options: ExaminationOptions;
  readonly #checks: ReadonlyMap<string, Check>;
  readonly #running = new Semaphore(maxServices);

  constructor(options: ExaminationOptions) {
    this.#options = options;
    this.#checks = new Map(options.checks.map((check) => [check.name, check]));
  }

  /**
   * After an abort, finished services are recorded, and the others are due again.
   * @throws HarbingerError where the store fails; what was not recorded is due again
   */
  async examine(request: ExaminationRequest, signal: AbortSignal): Promise<void> {
    const { watch, audiences, progress } = request;
    const { clock, log, discoveries, examinations } = this.#options;
    if (watch.checks.length === 0 && watch.postCommand === undefined) return;
    const recorder = new Recorder({ watch: watch.name, audiences, store: examinations, clock, log });
    let done = 0;
    const examine = async (candidate: Candidate) => {
      await this.#examineOne(watch, candidate, recorder, signal);
      done += 1;
    };
    using _progress = eachSecond(clock, () => progress?.(done));
    const examinedBefore = examinedBeforeOf(watch, clock.now());
    try {
      await forEachConcurrently(awaitingEvidence(discoveries, watch.name, signal), maxInProgress, examine);
      // A new host is due too until it is recorded.
      await recorder.flush();
      if (watch.checks.length > 0) {
        const query = { watch: watch.name, examinedBefore, now: clock.now() };
        await forEachConcurrently(dueServices(examinations, query, signal), maxInProgress, examine);
      }
    } finally {
      await recorder.flush();
      const { services, news } = recorder.counts;
      if (services > 0) log.info("examined", { watch: watch.name, services, news });
    }
  }

  async #examineOne(watch: Watch, candidate: Candidate, recorder: Recorder, signal: AbortSignal): Promise<void> {
    const answers = await this.#running.run(() => this.#ask(watch, candidate, signal), signal);
    if (answers === undefined) return;
    const { results, notAsked } = answers;
    if (watch.postCommand === undefined || candidate.discoveries.length === 0) {
      await recorder.add({ ...candidate, results, notAsked });
      return;
    }
    const { address, port } = candidate.key;
    const ended = await this.#options.runPostCommand(watch.postCommand, { host: address, port }, signal);
    if (ended === undefined) return;
    const result = { check: postCommandName, passed: ended.succeeded, output: ended.evidence, facts: {} };
    await recorder.add({ ...candidate, results: [...results, result], notAsked });
  }

  async #ask(watch: Watch, { key }: Candidate, signal: AbortSignal): Promise<Answers | undefined> {
    const { clock, log } = this.#options;
    const options = {
      checks: watch.checks.flatMap((name) => this.#checks.get(name) ?? []),
      monotonic: () => clock.monotonic(),
      onBug: (check: string, error: unknown) => {
        log.error("a check failed", { watch: watch.name, check, ...key, error: messageOf(error) });
      },
    };
    return await askService(key, options, signal);
  }
}

/** A run may start a little earlier than the day before, so nine tenths of the interval make a service due. */
function examinedBeforeOf({ recheckMs }: Watch, now: number): number {
  return recheckMs === undefined ? now : now - Math.floor(recheckMs * 0.9);
}

function eachSecond(clock: Clock, report: () => void): Disposable {
  const stop = new AbortController();
  void (async () => {
    for (;;) {
      await clock.sleep(progressEveryMs, stop.signal);
      if (stop.signal.aborted) return;
      report();
    }
  })();
  return { [Symbol.dispose]: () => stop.abort() };
}
