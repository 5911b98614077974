import type { Check } from "../../core/check.ts";
import type { Clock } from "../../core/clock.ts";
import type { Audience } from "../../core/delivery.ts";
import { messageOf } from "../../core/errors.ts";
import type { ExaminationStore } from "../../core/examination.ts";
import type { Log } from "../../core/log.ts";
import type { DiscoveryStore } from "../../core/store.ts";
import type { Watch } from "../../core/watch.ts";
import type { PostCommandResult, PostCommandRunner } from "../check/post-command/post-command-runner.ts";
import { Turns } from "../check/post-command/turns.ts";
import { type Answers, askService } from "./ask-service.ts";
import { awaitingEvidence, type Candidate, dueServices } from "./candidates.ts";
import { eachAtOnce } from "./each-at-once.ts";
import { Recorder } from "./recorder.ts";

/** Services that built-in checks examine at the same time, over all watches. */
const servicesAtOnce = 32;

/** Services of one watch in progress at the same time. More than above, so that those that wait for the command do not block checks. */
const inHandAtOnce = 64;

/** The name under which the result of a watch's `post_command` is stored. */
const postCommandName = "post_command";

const progressEveryMs = 1000;

export interface ExaminationOptions {
  readonly discoveries: DiscoveryStore;
  readonly examinations: ExaminationStore;
  readonly checks: readonly Check[];
  readonly postCommand: PostCommandRunner;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ExaminationRequest {
  readonly watch: Watch;
  /** All audiences of this watch. */
  readonly audiences: readonly Audience[];
  /** Called once a second with the number of examined services. */
  readonly progress?: (done: number) => void;
}

/**
 * Takes a watch that was just scanned; stores the results of its checks. On new hosts it runs the checks and the command of the
 * watch, and their outputs become the evidence. On every other service that the scan found open it runs the checks again, and a
 * change becomes a discovery. A service is recorded with all its results, never in part.
 */
export class Examination {
  readonly #options: ExaminationOptions;
  readonly #checks: ReadonlyMap<string, Check>;
  readonly #turns = new Turns(servicesAtOnce);

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
      await eachAtOnce(awaitingEvidence(discoveries, watch.name, signal), inHandAtOnce, examine);
      // A new host is due too until it is recorded.
      await recorder.flush();
      if (watch.checks.length > 0) {
        const query = { watch: watch.name, examinedBefore, now: clock.now() };
        await eachAtOnce(dueServices(examinations, query, signal), inHandAtOnce, examine);
      }
    } finally {
      await recorder.flush();
      const { services, news } = recorder.counts;
      if (services > 0) log.info("examined", { watch: watch.name, services, news });
    }
  }

  async #examineOne(watch: Watch, candidate: Candidate, recorder: Recorder, signal: AbortSignal): Promise<void> {
    const answers = await this.#turns.run(() => this.#ask(watch, candidate, signal), signal);
    if (answers === undefined) return;
    const { results, notAsked } = answers;
    if (watch.postCommand === undefined || candidate.discoveries.length === 0) {
      await recorder.add({ ...candidate, results, notAsked });
      return;
    }
    const said = await this.#runCommand(watch.postCommand, candidate, signal);
    if (said === undefined) return;
    const result = { check: postCommandName, passed: said.succeeded, output: said.evidence, facts: {} };
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

  /** @returns `undefined` where it was stopped */
  async #runCommand(
    commandLine: string,
    { key: { address, port } }: Candidate,
    signal: AbortSignal,
  ): Promise<PostCommandResult | undefined> {
    let said: PostCommandResult | undefined;
    const keep = (result: PostCommandResult) => {
      said = result;
    };
    await this.#options.postCommand.run([{ id: 0, host: address, port }], commandLine, keep, signal);
    return said;
  }
}

/** A run may start a little earlier than the day before, so nine tenths of the interval make a service due. */
function examinedBeforeOf({ recheckMs }: Watch, now: number): number {
  return recheckMs === undefined ? now : now - Math.floor(recheckMs * 0.9);
}

function eachSecond(clock: Clock, tell: () => void): Disposable {
  const stop = new AbortController();
  void (async () => {
    for (;;) {
      await clock.sleep(progressEveryMs, stop.signal);
      if (stop.signal.aborted) return;
      tell();
    }
  })();
  return { [Symbol.dispose]: () => stop.abort() };
}
