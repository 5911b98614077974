/**
 * Notifies the service manager that started this process: systemd, or another one with its protocol (sd_notify(3)). Without
 * NOTIFY_SOCKET in the environment every call does nothing.
 */
import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import { safeText } from "../core/safe-text.ts";
import { openNotifySocket } from "./notify-socket.ts";
import { runWatchdog, type StoreQuestion } from "./watchdog.ts";

export interface ServiceManager {
  /** Everything is open and started; also sent after a reload. */
  ready(): void;
  /** The configuration is read again; `ready` follows, even where the reload fails. */
  reloading(): void;
  /** The shutdown has begun, and takes `limitMs` at most. */
  stopping(limitMs: number): void;
  /** One line for `systemctl status`. A repeated line is not sent. */
  status(text: string): void;
  /** Sends what the start is doing, and extends the start time-out until `work` has settled. @returns its result */
  starting<Result>(text: string, work: Promise<Result>): Promise<Result>;
  /** Sends the watchdog notification, as often as the manager requires, until `signal` is aborted: see watchdog.ts. */
  watch(ask: StoreQuestion, signal: AbortSignal): void;
}

export const noServiceManager: ServiceManager = {
  ready() {},
  reloading() {},
  stopping() {},
  status() {},
  starting: (_text, work) => work,
  watch() {},
};

export interface ServiceManagerOptions {
  /** Variables for this process alone are removed, so that no command inherits them. */
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
}

/** Length of an extension, and how often it is repeated. */
const extensionMs = 30_000;
const extendEveryMs = 10_000;
/** Lines are one line, and short. */
const statusCharacters = 200;

/** Finds the service manager. Where there is one that cannot be notified, a warning is logged. */
export async function connectServiceManager(options: ServiceManagerOptions): Promise<ServiceManager> {
  const { environment, clock, log } = options;
  const name = take(environment, "NOTIFY_SOCKET");
  const watchdogMs = watchdogInterval(take(environment, "WATCHDOG_USEC"), take(environment, "WATCHDOG_PID"));
  if (name === undefined) return noServiceManager;
  const outcome = await openNotifySocket(name, clock);
  if (outcome.kind === "impossible") {
    log.warn("the service manager cannot be told that this service is ready", { reason: outcome.reason });
    return noServiceManager;
  }
  if (outcome.kind === "by-program") {
    const { reason } = outcome;
    log.info("the service manager is told by the program systemd-notify: the unit needs NotifyAccess=all", { reason });
  }
  const { socket } = outcome;
  let sent: Promise<void> = Promise.resolve();
  let hasFailed = false;
  const send = (...lines: readonly string[]) => {
    sent = sent
      .then(() => socket.send(lines.join("\n")))
      .catch((error: unknown) => {
        if (!hasFailed) log.warn("the service manager does not take messages", { error: messageOf(error) });
        hasFailed = true;
      });
  };
  let lastStatus = "";
  let isStopping = false;
  const status = (text: string) => {
    if (isStopping) return;
    const line = safeText(text, { limit: statusCharacters });
    if (line !== lastStatus) send(`STATUS=${line}`);
    lastStatus = line;
  };
  return {
    status,
    ready: () => send("READY=1", ...mainProcess()),
    reloading: () => send("RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping(limitMs) {
      status("shutting down");
      isStopping = true;
      send("STOPPING=1", extension(limitMs));
    },
    async starting(text, work) {
      status(text);
      const settled = new AbortController();
      void extend(settled.signal);
      try {
        return await work;
      } finally {
        settled.abort();
      }
    },
    watch(ask, signal) {
      if (watchdogMs === undefined) return;
      void runWatchdog({ everyMs: watchdogMs / 2, ask, clock, log, well: () => send("WATCHDOG=1") }, signal);
    },
  };

  async function extend(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      send(extension(extensionMs));
      await clock.sleep(extendEveryMs, signal);
    }
  }
}

function extension(ms: number): string {
  return `EXTEND_TIMEOUT_USEC=${Math.ceil(ms * 1000)}`;
}

/** Under the launcher of an older Node (bin/launch.js) we are its child, and the manager takes it for the service. */
function mainProcess(): readonly string[] {
  return process.channel === undefined ? [] : [`MAINPID=${process.pid}`];
}

function take(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = environment[name];
  delete environment[name];
  return value === "" ? undefined : value;
}

/** @returns milliseconds without a notification after which the manager assumes a failure; `undefined` where it does not watch this process */
function watchdogInterval(microseconds: string | undefined, pid: string | undefined): number | undefined {
  const own = process.channel === undefined ? [process.pid] : [process.pid, process.ppid];
  if (pid !== undefined && !own.includes(Number(pid))) return undefined;
  const ms = Number(microseconds) / 1000;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
