/**
 * Notifies the service manager that started this process: systemd, or another one with the same protocol (sd_notify(3)). If
 * NOTIFY_SOCKET is not in the environment, no call has an effect.
 */
import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import { safeText } from "../core/safe-text.ts";
import { openNotifySocket } from "./notify-socket.ts";
import { runWatchdog, type StoreQuery } from "./watchdog.ts";

export interface ServiceManager {
  /** Everything is open and started; also sent after a reload. */
  ready(): void;
  /** The configuration is being reloaded; `ready` follows, even if the reload fails. */
  reloading(): void;
  /** The shutdown has begun; it takes at most `limitMs`. */
  stopping(limitMs: number): void;
  /** One line for `systemctl status`. A repeated line is not sent. */
  status(text: string): void;
  /** Sends the current step of the start, and extends the start time-out until `work` has ended. @returns its result */
  starting<Result>(text: string, work: Promise<Result>): Promise<Result>;
  /** Sends the watchdog notification, as often as the manager requires, until `signal` is aborted: see watchdog.ts. */
  watch(ask: StoreQuery, signal: AbortSignal): void;
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
  /** Variables meant for this process only are removed, so that no command inherits them. */
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
}

/** Length of one extension, and the interval at which it is repeated. */
const extensionMs = 30_000;
const extendEveryMs = 10_000;
/** A status is one short line. */
const statusCharacters = 200;

/** Finds the service manager. Logs a warning if it cannot be notified. */
export async function connectServiceManager(options: ServiceManagerOptions): Promise<ServiceManager> {
  const { environment, clock, log } = options;
  const name = take(environment, "NOTIFY_SOCKET");
  const watchdogMs = watchdogInterval(take(environment, "WATCHDOG_USEC"), take(environment, "WATCHDOG_PID"));
  if (name === undefined) return noServiceManager;
  const outcome = await openNotifySocket(name, clock);
  if (outcome.kind === "unavailable") {
    log.warn("cannot notify the service manager that this service is ready", { reason: outcome.reason });
    return noServiceManager;
  }
  if (outcome.kind === "by-program") {
    const { reason } = outcome;
    log.info("notifying the service manager by the program systemd-notify; the unit needs NotifyAccess=all", {
      reason,
    });
  }
  const { socket } = outcome;
  let sent: Promise<void> = Promise.resolve();
  let hasFailed = false;
  const send = (...lines: readonly string[]) => {
    sent = sent
      .then(() => socket.send(lines.join("\n")))
      .catch((error: unknown) => {
        if (!hasFailed) log.warn("cannot notify the service manager", { error: messageOf(error) });
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
      void runWatchdog({ everyMs: watchdogMs / 2, ask, clock, log, notify: () => send("WATCHDOG=1") }, signal);
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

/** If an older Node launched this process (bin/launch.js), the manager knows only that launcher, the parent process. */
function mainProcess(): readonly string[] {
  return process.channel === undefined ? [] : [`MAINPID=${process.pid}`];
}

function take(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = environment[name];
  delete environment[name];
  return value === "" ? undefined : value;
}

/** @returns milliseconds without a notification after which the manager assumes a failure; `undefined` if it has no watchdog for this process */
function watchdogInterval(microseconds: string | undefined, pid: string | undefined): number | undefined {
  const own = process.channel === undefined ? [process.pid] : [process.pid, process.ppid];
  if (pid !== undefined && !own.includes(Number(pid))) return undefined;
  const ms = Number(microseconds) / 1000;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
