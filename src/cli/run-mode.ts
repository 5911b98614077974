import path from "node:path";
import type { Config } from "../config/config.ts";
import { HarbingerError } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import { safeText } from "../core/safe-text.ts";
import { compose, type Harbinger } from "../daemon/compose.ts";
import { type LogLevel, type OpenLog, openLog } from "../daemon/logging.ts";
import { keepRunning, type ReloadOptions, runOnce } from "../daemon/modes.ts";
import type { WatchProgress } from "../daemon/outbound-stages.ts";
import { ReloadRequests } from "../daemon/reload/reload-requests.ts";
import type { ReloadOutcome } from "../daemon/reload/reloader.ts";
import type { Replaceable } from "../daemon/reload/replacement.ts";
import type { WaitingWatch } from "../daemon/watch-jobs.ts";
import type { RunSummary } from "../outbound/flow.ts";
import { connectServiceManager, type ServiceManager } from "../platform/service-manager.ts";
import { systemClock } from "../platform/system-clock.ts";
import { gaveUpNote } from "../present/deliveries/dead-letter-note.ts";
import { plural } from "../present/text/plural.ts";
import { formatTime } from "../present/text/time-text.ts";
import type { CommonOptions } from "./common-options.ts";
import { ConnectionLines } from "./connection-lines.ts";
import { setExitStatus } from "./exit.ts";
import { gracefulShutdown } from "./graceful-shutdown.ts";
import { requireConfig } from "./open.ts";
import { note, wantsColour } from "./output.ts";
import { readAgain } from "./read-again.ts";
import { printDestinations, printFindings } from "./run-words.ts";
import { welcomeRun } from "./welcome-run.ts";

export type Mode = "cron" | "standalone" | "run";

/** Runs the daemon in one of its modes until it is done or stopped. */
export async function runMode(mode: Mode, common: CommonOptions): Promise<void> {
  const config = requireConfig(common);
  const isSomething = ({ watches, listeners }: Config) =>
    watches.length > 0 || (mode === "run" && listeners.length > 0);
  if (!isSomething(config)) {
    throw new HarbingerError(
      "config",
      `${config.source ?? "the configuration"} defines no watches${mode === "run" ? " or listeners" : ""}`,
      {
        remedy: "Add a port_* section or an entry under watches; harbinger config init writes examples.",
      },
    );
  }
  using log = openLog({
    ...destinationsOf(config, common),
    colour: wantsColour(process.stderr),
    isTerminal: process.stderr.isTTY === true,
  });
  if (config.source !== undefined) log.info("configuration read", { file: path.resolve(config.source) });
  const serviceManager = await connectServiceManager({ environment: process.env, clock: systemClock, log });
  const requests = new ReloadRequests<ReloadOutcome>();
  using shutdown = gracefulShutdown({
    log,
    serviceManager,
    reload() {
      // Even if the new configuration is invalid: logrotate has renamed the file.
      log.reopen();
      log.info("the log file was reopened");
      if (mode !== "cron") void requests.request();
    },
  });
  if (mode === "cron") return await cron(config, log, common, shutdown.signal);
  const reload: ReloadOptions = {
    requests,
    read: (running) => {
      log.reopen();
      return readAgain(common, running, isSomething);
    },
    parts: [logPart(log, common)],
  };
  await serve(mode, { config, log, common, serviceManager, reload }, shutdown.signal);
}

interface ServeParts {
  readonly config: Config;
  readonly log: Log;
  readonly common: CommonOptions;
  readonly serviceManager: ServiceManager;
  readonly reload: ReloadOptions;
}

/** Level and file of the log in another configuration. */
function logPart(log: OpenLog, common: CommonOptions): Replaceable<Config> {
  return {
    prepare: async (config) => ({ commit: () => log.adjust(destinationsOf(config, common)) }),
  };
}

function destinationsOf(config: Config, common: CommonOptions) {
  const level = levelOf(config, common);
  const { file, maxBytes } = config.logging;
  return {
    level,
    file,
    maxBytes,
    terminal: common.quiet === true ? ("error" as const) : level,
  };
}

async function cron(config: Config, log: Log, common: CommonOptions, signal: AbortSignal): Promise<void> {
  await using harbinger = await compose({ config, log, mode: "--mode cron" });
  const startedAt = systemClock.now();
  const { summary, waitingWatches, waiting, dead, deadReports } = await runOnce(harbinger, signal);
  if (printsResults(common)) for (const each of waitingWatches) note(waitingText(each));
  if (printsResults(common)) {
    await printFindings(harbinger, summary);
    await printDestinations(harbinger, startedAt);
  }
  const incomplete = summary.ran.some(({ result }) => result.status !== "complete");
  if (waiting > 0) {
    const count = plural(waiting, "message waits", "messages wait");
    note(`${count}: the next run tries again. See: harbinger deliveries`);
  }
  if (dead > 0) note(gaveUpNote(dead, deadReports));
  if (incomplete || summary.failed.length > 0 || waiting + dead > 0 || signal.aborted) setExitStatus(1);
}

async function serve(
  mode: "standalone" | "run",
  { config, log, common, serviceManager, reload }: ServeParts,
  signal: AbortSignal,
): Promise<void> {
  const isDefault = config.source === undefined;
  const name = mode === "run" ? "run" : "--mode standalone";
  const lines = new ConnectionLines(log, systemClock);
  await using harbinger = await serviceManager.starting(
    "opening the database",
    compose({
      config,
      log,
      mode: name,
      progress: progressLines(log),
      listen: mode === "run" ? { seen: lines.add } : undefined,
    }),
  );
  const { decoysMissing } = await keepRunning(
    harbinger,
    {
      firstRunAtOnce: mode === "run",
      servesPages: mode === "run",
      serviceManager,
      // Without a configuration the user is trying harbinger out: show the results of each run.
      allAtOnce: mode === "run" && isDefault,
      reload,
      ran: common.quiet === true ? undefined : resultPrinter(harbinger, { isDefault, common }),
    },
    signal,
  );
  lines.flush();
  if (decoysMissing) setExitStatus(1);
}

/** `lan-all-ports waits for its schedule: 2026-01-31 01:30:00.` */
function waitingText({ watch, at }: WaitingWatch): string {
  return `${safeText(watch.name)} waits for its schedule: ${Number.isFinite(at) ? formatTime(at) : "never"}.`;
}

/** Whether the results of a run are printed: on a terminal only. Otherwise the log and the reports show them. */
function printsResults(common: CommonOptions): boolean {
  return process.stdout.isTTY === true && common.quiet !== true;
}

/** Without a configuration the user is trying harbinger out, so the first run ends with next steps. */
function resultPrinter(
  harbinger: Harbinger,
  { isDefault, common }: { readonly isDefault: boolean; readonly common: CommonOptions },
): (summary: RunSummary) => void {
  let welcome = isDefault ? welcomeRun(harbinger) : undefined;
  return (summary) => {
    if (welcome !== undefined) welcome(summary);
    else if (printsResults(common)) void printFindings(harbinger, summary);
    welcome = undefined;
  };
}

const progressEveryMs = 5000;

/** A short scan needs no progress line; an examination shows one from the first second. */
const firstProgressMs = { scanning: progressEveryMs, devices: 0, examining: 0 };

const stageWords = { scanning: "scanning", devices: "looking for devices", examining: "examining" };

/** Prints progress lines at intervals while a scan or its checks run. */
function progressLines(log: Log): WatchProgress {
  const nextLineAt = new Map<string, number>();
  return ({ name: watch }, stage, { done, total, found }) => {
    // Nothing probed yet: the log already shows that the scan started.
    if (stage === "scanning" && done === 0) return;
    const now = performance.now();
    const key = `${stage} ${watch}`;
    const nextAt = nextLineAt.get(key) ?? now + firstProgressMs[stage];
    nextLineAt.set(key, now >= nextAt ? now + progressEveryMs : nextAt);
    if (now < nextAt) return;
    const share = total === undefined ? undefined : `${Math.min(100, Math.floor((100 * done) / total))} %`;
    log.info(stageWords[stage], { watch, share, asked: done === 0 ? undefined : done, open: found });
  };
}

function levelOf(config: Config, common: CommonOptions): LogLevel {
  if (common.verbose === true) return "debug";
  return config.logging.level === "warning" ? "warn" : config.logging.level;
}
