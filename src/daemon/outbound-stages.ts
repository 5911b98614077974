import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Config } from "../config/config.ts";
import type { Clock } from "../core/clock.ts";
import type { Endpoint } from "../core/connection.ts";
import { type Audience, isPush } from "../core/delivery.ts";
import { HarbingerError } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import { OutageLog } from "../core/outage-log.ts";
import { OwnPorts } from "../core/own-ports.ts";
import type { ScanEngine, ScanProgress } from "../core/scan-engine.ts";
import type { Store } from "../core/store.ts";
import type { Watch } from "../core/watch.ts";
import { Examination } from "../outbound/check/examine/examination.ts";
import { linesAtOnce, runCommandLineWithChecks } from "../outbound/check/post-command/command-line-with-checks.ts";
import { PostCommandRunner } from "../outbound/check/post-command/post-command-runner.ts";
import { createChecks } from "../outbound/check/registry.ts";
import { audiencesOf } from "../outbound/discover/audiences.ts";
import { type RecordedScan, recordScan } from "../outbound/discover/record-scan.ts";
import type { OutboundStages } from "../outbound/flow.ts";
import { queueReports } from "../outbound/report/queue-reports.ts";
import { AnsweringNetworks } from "../outbound/scan/answering-networks.ts";
import { CommandEngine } from "../outbound/scan/command/command-engine.ts";
import { AbsenceCheckingEngine } from "../outbound/scan/confirm/absence-checking-engine.ts";
import { ConfirmingEngine } from "../outbound/scan/confirm/confirming-engine.ts";
import { ConnectBudget } from "../outbound/scan/connect/connect-budget.ts";
import { ConnectEngine } from "../outbound/scan/connect/connect-engine.ts";
import { NmapEngine } from "../outbound/scan/nmap/nmap-engine.ts";
import { PlanEngine } from "../outbound/scan/plan-engine.ts";
import { WithoutOwnPorts } from "../outbound/scan/without-own-ports.ts";
import { localAddressTest } from "../platform/local-addresses.ts";
import { pushBytes, pushTargets } from "./channels.ts";
import { deviceStage, runOfDevices, watchesHeardOf } from "./device-stage.ts";

/** Watches scanned at once: external programs wait a lot, and the built-in scanner shares its descriptors among scans. */
const parallelScans = 4;

/** How a stage of one watch goes on; told a few times a second at most. */
export type WatchProgress = (
  watch: Watch,
  stage: "scanning" | "devices" | "examining",
  progress: { readonly done: number; readonly total: number | undefined; readonly found?: number },
) => void;

export interface OutboundStagesOptions {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The outbox has work. */
  readonly deliver: () => void;
  readonly progress?: WatchProgress;
  /** What this program listens on itself. */
  readonly ownEndpoints: () => readonly Endpoint[];
}

/** The outbound flow's stages, made from the configuration. */
export function outboundStages(options: OutboundStagesOptions): OutboundStages {
  const { config, store, clock, log } = options;
  const audiences = configuredAudiences(config);
  const engine = scanEngine(options);
  const examiner = examination(options);
  const outages = new Map<string, OutageLog>();
  const audiencesFor = (watch: Watch) => audiences.filter((audience) => audience.watches.includes(watch.name));
  return {
    parallelScans,
    deliver: options.deliver,
    async discover(watch, signal) {
      log.info("scan starts", { watch: watch.name, engine: watch.scan.engine });
      const { progress } = options;
      const recorded = await recordScan({
        watch,
        engine,
        scans: store.scans,
        services: store.services,
        audiences: audiencesFor(watch),
        clock,
        signal,
        ...(progress === undefined ? {} : { progress: (step: ScanProgress) => progress(watch, "scanning", step) }),
      });
      logScan(log, recorded);
      return recorded;
    },
    devices: deviceStage({
      ...options,
      audiencesFor,
      slow: (watch) => options.progress?.(watch, "devices", { done: 0, total: undefined }),
    }),
    async check(recorded, signal) {
      const { watch } = recorded;
      const total = toExamine(recorded);
      const { progress } = options;
      await examiner.examine(
        {
          watch,
          audiences: audiencesFor(watch),
          ...(progress === undefined ? {} : { progress: (done) => progress(watch, "examining", { done, total }) }),
        },
        signal,
      );
    },
    report: (ran) =>
      queueReports({
        audiences,
        ran: [
          ...ran.map(({ watch, settled, result }) => ({ watch, settled, ...result })),
          ...runOfDevices(config, ran),
        ],
        watches: watchesHeardOf(config),
        deliveries: store.deliveries,
        services: store.services,
        pushBytes: ({ channel, recipient }) => (isPush(channel) ? pushBytes({ channel, recipient }, config) : 0),
        at: clock.now(),
        ...(config.standalone.timeZone === undefined ? {} : { timeZone: config.standalone.timeZone }),
        html: config.reports.html,
        json: config.reports.json,
        messageId: newMessageId,
      }),
    failed(watch, stage, error) {
      const remedy = error instanceof HarbingerError ? error.remedy : undefined;
      const key = `${stage} ${watch.name}`;
      const outage = outages.get(key) ?? new OutageLog({ clock, log, ...notStored[stage] });
      outages.set(key, outage);
      outage.failed(error, { watch: watch.name, remedy });
    },
    worked(watch, stage) {
      outages.get(`${stage} ${watch.name}`)?.worked({ watch: watch.name });
    },
  };
}

const notStored = {
  discover: {
    fails: "what this watch found could not be stored; the next run finds it again",
    works: "what this watch finds is stored again",
  },
  devices: {
    fails: "the devices that this watch met could not be stored; the next run finds them again",
    works: "the devices that this watch meets are stored again",
  },
  check: {
    fails: "what the checks of this watch found could not be stored; the next run asks again",
    works: "what the checks of this watch find is stored again",
  },
} satisfies Readonly<Record<Parameters<OutboundStages["failed"]>[1], unknown>>;

/**
 * Who hears of what. Files are also kept where mail is asked for and cannot be sent: a report that waits for a mail
 * section that never comes would reach nobody.
 */
export function configuredAudiences(config: Config): Audience[] {
  return audiencesOf(watchesHeardOf(config), {
    mail: true,
    saveToFile: config.reports.saveToFile,
    keepMails: config.email === undefined,
    pushTargets: pushTargets(config),
  });
}

function scanEngine({ config, clock, log, ownEndpoints }: OutboundStagesOptions): ScanEngine {
  const { scan: limits, scope } = config;
  const budget = new ConnectBudget({ limits });
  const own = () => new OwnPorts(ownEndpoints(), localAddressTest());
  const connect = new ConnectEngine({ clock, log, limits, scope, budget, own });
  // Ours are left out before anything is confirmed: a handshake with a decoy would be a visitor.
  const nmap = new WithoutOwnPorts(new NmapEngine({ fallback: connect }), own);
  const command = new WithoutOwnPorts(new CommandEngine(), own);
  const looking = { clock, limits, exclude: scope.exclude, budget };
  const engine = new PlanEngine({
    connect,
    nmap: new AbsenceCheckingEngine({
      ...looking,
      engine: limits.confirm ? new ConfirmingEngine({ ...looking, engine: nmap }) : nmap,
      own,
    }),
    command: new AbsenceCheckingEngine({ ...looking, engine: command, own }),
  });
  return new AnsweringNetworks(engine);
}

/** The built-in checks, and the watch's own command in which they may stand for the earlier tool's helper scripts. */
function examination({ store, clock, log }: OutboundStagesOptions): Examination {
  const checks = createChecks({ directory: process.cwd(), clock });
  const postCommand = new PostCommandRunner({
    parallel: linesAtOnce,
    runCommandLine: runCommandLineWithChecks({
      checks,
      onBuiltIn: (script, check) => log.info("the built-in check stands in for a helper script", { script, check }),
    }),
  });
  const { discoveries, examinations } = store;
  return new Examination({ discoveries, examinations, checks, postCommand, clock, log });
}

/** How many hosts are to be examined, where that follows from the scan. */
function toExamine({ watch, settled: { counts } }: RecordedScan): number | undefined {
  if (watch.checks.length === 0) return counts.new + counts.returned;
  return watch.recheckMs === undefined ? counts.present : undefined;
}

function logScan(log: Log, { watch, result, settled }: RecordedScan): void {
  const fields = {
    watch: watch.name,
    engine: result.engine,
    new: settled.counts.new,
    gone: settled.counts.gone,
    returned: settled.counts.returned,
    present: settled.counts.present,
    reason: result.reason,
  };
  if (result.status === "complete") log.info("scan complete", fields);
  else if (result.status === "partial") log.warn("scan partial", fields);
  else log.error("scan failed", fields);
  // The same at each scan: worth a line once.
  if (result.leftOut !== undefined) log[settled.firstScan ? "info" : "debug"](result.leftOut, { watch: watch.name });
  if (result.doubt !== undefined) log.warn(result.doubt, { watch: watch.name });
  for (const text of result.notes) log.warn(text, { watch: watch.name });
}

/** RFC 5322 section 3.6.4. The name is this machine's; the rest is unique without telling anything. */
function newMessageId(deliveryId: number): string {
  const host = hostname().replace(/[^A-Za-z0-9.-]/g, "-") || "localhost";
  return `<${deliveryId}.${randomBytes(12).toString("hex")}@${host}>`;
}
