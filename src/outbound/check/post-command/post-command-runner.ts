import { availableParallelism } from "node:os";
import { type Address, parseAddress } from "../../../core/address.ts";
import { isPort, type Port } from "../../../core/ports.ts";
import { runShell, type ShellOptions, type ShellOutcome } from "../../../platform/shell.ts";
import { evidenceOf } from "./evidence.ts";
import { fillIn } from "./fill-in.ts";

/** One new host to ask. */
export interface PostCommandRequest {
  /** Comes back with the result. */
  readonly id: number;
  readonly host: Address;
  readonly port: Port;
}

export interface PostCommandResult {
  readonly id: number;
  /** Exit status 0. */
  readonly succeeded: boolean;
  /** What a report says under the host. Made safe and bounded. */
  readonly evidence: string;
}

/**
 * Runs one command line, host and port filled in. The shell, unless something else takes its place for lines that it
 * knows better.
 */
export type RunCommandLine = (commandLine: string, options: ShellOptions) => Promise<ShellOutcome>;

export interface PostCommandRunnerOptions {
  /** Commands at once. They mostly wait for the network: default four per processor, from 8 to 32. */
  readonly parallel?: number;
  /** Per command; default 60 s. */
  readonly timeoutMs?: number;
  /** Bytes kept of a command's output; default 64 KiB. */
  readonly outputLimit?: number;
  readonly runCommandLine?: RunCommandLine;
}

/**
 * Asks each new host with the watch's `post_command`: several at once, each in a process group of its own that is ended
 * whole when its time is up. What came of each is handed over as soon as it is there.
 */
export class PostCommandRunner {
  readonly #parallel: number;
  readonly #timeoutMs: number;
  readonly #outputLimit: number;
  readonly #runCommandLine: RunCommandLine;

  constructor(options: PostCommandRunnerOptions = {}) {
    this.#parallel = options.parallel ?? Math.min(32, Math.max(8, 4 * availableParallelism()));
    this.#timeoutMs = options.timeoutMs ?? 60_000;
    this.#outputLimit = options.outputLimit ?? 64 * 1024;
    this.#runCommandLine = options.runCommandLine ?? runShell;
  }

  /**
   * @param requests taken one by one, as places come free
   * @param onResult is called for one result at a time, in the order in which the commands end; the next waits for its
   * promise
   * @param signal ends all commands; hosts whose command had not ended get no result
   * @throws what `requests` or `onResult` throw; then the commands that still run are ended
   */
  async run(
    requests: AsyncIterable<PostCommandRequest> | Iterable<PostCommandRequest>,
    commandLine: string,
    onResult: (result: PostCommandResult) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const stop = new AbortController();
    const stopped = AbortSignal.any([signal, stop.signal]);
    const running = new Set<Promise<void>>();
    let handedOver: Promise<void> = Promise.resolve();
    const handOver = (result: PostCommandResult): Promise<void> => {
      handedOver = handedOver.then(() => onResult(result));
      return handedOver;
    };
    const errors: unknown[] = [];
    const ask = async (request: PostCommandRequest): Promise<void> => {
      try {
        const result = await this.#ask(request, commandLine, stopped);
        if (result !== undefined) await handOver(result);
      } catch (error) {
        errors.push(error);
        stop.abort();
      }
    };
    try {
      for await (const request of untilAborted(requests, stopped)) {
        const asked = ask(request).finally(() => running.delete(asked));
        running.add(asked);
        if (running.size >= this.#parallel) await Promise.race(running);
        if (stopped.aborted) break;
      }
    } catch (error) {
      errors.push(error);
      stop.abort();
    }
    await Promise.all(running);
    if (errors.length > 0) throw errors[0];
  }

  async #ask(
    request: PostCommandRequest,
    commandLine: string,
    signal: AbortSignal,
  ): Promise<PostCommandResult | undefined> {
    const { id, host, port } = request;
    // A shell is next: what came back from a database is looked at once more.
    if (parseAddress(host) !== host || !isPort(port)) {
      return { id, succeeded: false, evidence: "[Command failed: not an address and a port]" };
    }
    const outcome = await this.#runCommandLine(fillIn(commandLine, host, port), {
      timeoutMs: this.#timeoutMs,
      outputLimit: this.#outputLimit,
      signal,
    });
    const evidence = evidenceOf(outcome);
    if (evidence === undefined) return undefined;
    return { id, succeeded: outcome.kind === "exited" && outcome.code === 0, evidence };
  }
}

/** The items until `signal` is aborted, even where the source is silent then. */
async function* untilAborted<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const aborted = Promise.withResolvers<undefined>();
  const onAbort = () => aborted.resolve(undefined);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    while (!signal.aborted) {
      const next = await Promise.race([iterator.next(), aborted.promise]);
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    // Not awaited: a silent source would hold us up.
    void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}
