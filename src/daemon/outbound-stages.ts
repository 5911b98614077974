import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { portReportLayout } from "../compat/port-reports/port-report-layout.ts";
import type { Config } from "../config/config.ts";
import type { Clock } from "../core/clock.ts";
import type { Endpoint } from "../core/connection.ts";
import type { Audience } from "../core/delivery.ts";
import type { Log } from "../core/log.ts";
import { OutageLog } from "../core/outage-log.ts";
import { OwnPorts } from "../core/own-ports.ts";
import type { ScanEngine } from "../core/scan-engine.ts";
import { Stopped } from "../core/stopped.ts";
import type { Store } from "../core/store.ts";
import type { Watch } from "../core/watch.ts";
import { addressChannel, archiveChannel } from "../notify/channels.ts";
import type { DeviceFinder } from "../outbound/devices/device-finder.ts";
import { audiencesOf } from "../outbound/discover/audiences.ts";
import { type RecordedScan, recordScan } from "../outbound/discover/record-scan.ts";
import type { Examination } from "../outbound/examine/examination.ts";
import type { OutboundStages } from "../outbound/flow.ts";
import { queueReports } from "../outbound/report/queue-reports.ts";
import { AnsweringNetworks } from "../outbound/scan/answering-networks.ts";
import { EngineSelector } from "../outbound/scan/engine-selector.ts";
import { ConnectBudget } from "../outbound/scan/handshake/connect-budget.ts";
import { localAddressTest } from "../platform/local-addresses.ts";
import { canMail, messageForm, pushTargets } from "./channels.ts";
import { deviceStage, runOfDevices, watchesWithDevices } from "./device-stage.ts";
import { type Memo, memoized } from "./memo.ts";

/** Watches scanned in parallel: external programs mostly wait, and the built-in scanner shares its descriptors among scans. */
const parallelScans = 4;

/** Progress of a stage of one watch, at most a few times per second. */
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
  /** Wakes the delivery loop. */
  readonly deliver: () => void;
  readonly progress?: WatchProgress | undefined;
  /** Ports that this program listens on. */
  readonly ownEndpoints: () => readonly Endpoint[];
  /** State to share with the stages of other configurations. Default: none. */
  readonly shared?: SharedTools;
}

/** State that scans and surveys keep in memory while their settings are unchanged. */
export interface SharedTools {
  readonly engine: Memo<ScanEngine>;
  readonly finder: Memo<DeviceFinder>;
}

/** The stages of the outbound flow, made from the configuration. */
export function outboundStages(options: OutboundStagesOptions): OutboundStages {
  const { config, store, clock, log } = options;
  const audiences = configuredAudiences(config);
  const engine = memoized(options.shared?.engine, [config.scan, config.scope], () => scanEngine(options));
  const outages = new Map<string, OutageLog>();
  let examination: Promise<Examination> | undefined;
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
        progress: progress && ((step) => progress(watch, "scanning", step)),
      });
      logScan(log, recorded, signal);
      return recorded;
    },
    devices: deviceStage({
      ...options,
      audiencesFor,
      slow: (watch) => options.progress?.(watch, "devices", { done: 0, total: undefined }),
    }),
    async check(recorded, signal) {
      const { watch } = recorded;
      if (watch.checks.length === 0 && watch.postCommand === undefined) return;
      // Checks load a hundred protocols and the HTTP libraries; a run without checks saves that memory.
      examination ??= import("./examination-stage.ts").then(({ examinationOf }) => examinationOf(options));
      const total = toExamine(recorded);
      const { progress } = options;
      await (await examination).examine(
        {
          watch,
          audiences: audiencesFor(watch),
          progress: progress && ((done) => progress(watch, "examining", { done, total })),
        },
        signal,
      );
    },
    report: (ran) =>
      queueReports({
        audiences,
        ran: [
          ...ran.map(({ watch, summary, result }) => ({ watch, summary, ...result })),
          ...runOfDevices(config, ran),
        ],
        watches: watchesWithDevices(config),
        deliveries: store.deliveries,
        services: store.services,
        portReportLayout,
        formOf: (audience) => messageForm(audience, config),
        at: clock.now(),
        timeZone: config.standalone.timeZone,
        html: config.reports.html,
        json: config.reports.json,
        messageId: newMessageId,
      }),
    failed(watch, stage, error) {
      const key = `${stage} ${watch.name}`;
      const outage = outages.get(key) ?? new OutageLog({ clock, log, ...notStored[stage] });
      outages.set(key, outage);
      outage.failed(error, { watch: watch.name });
    },
    worked(watch, stage) {
      outages.get(`${stage} ${watch.name}`)?.worked({ watch: watch.name });
    },
  };
}

const notStored = {
  discover: {
    fails: "cannot store the results of this watch; the next run finds them again",
    works: "results of this watch are stored again",
  },
  devices: {
    fails: "cannot store the devices of this watch; the next run finds them again",
    works: "devices of this watch are stored again",
  },
  check: {
    fails: "cannot store the check results of this watch; the next run repeats the checks",
    works: "check results of this watch are stored again",
  },
} satisfies Readonly<Record<Parameters<OutboundStages["failed"]>[1], unknown>>;

/**
 * The audiences of each watch. Files are also kept if mail is configured but cannot be sent: without a mail section such a
 * report would never be delivered.
 */
export function configuredAudiences(config: Config): Audience[] {
  return audiencesOf(watchesWithDevices(config), {
    mail: addressChannel.name,
    file: archiveChannel.name,
    saveToFile: config.reports.saveToFile,
    keepMails: !canMail(config),
    pushTargets: pushTargets(config),
  });
}

function scanEngine({ config, clock, log, ownEndpoints }: OutboundStagesOptions): ScanEngine {
  const { scan: limits, scope } = config;
  const budget = new ConnectBudget({ limits });
  const own = () => new OwnPorts(ownEndpoints(), localAddressTest(clock));
  return new AnsweringNetworks(new EngineSelector({ clock, log, limits, scope, budget, own }));
}

/** Number of hosts to examine, if known from the scan. */
function toExamine({ watch, summary: { counts } }: RecordedScan): number | undefined {
  if (watch.checks.length === 0) return counts.new + counts.returned;
  return watch.recheckMs === undefined ? counts.sighted : undefined;
}

function logScan(log: Log, { watch, result, summary }: RecordedScan, signal: AbortSignal): void {
  const fields = {
    watch: watch.name,
    engine: result.engine,
    new: summary.counts.new,
    gone: summary.counts.gone,
    returned: summary.counts.returned,
    present: summary.counts.present,
    sighted: summary.counts.sighted,
    reason: result.reason,
  };
  if (result.status === "complete") log.info("scan complete", fields);
  else if (result.status === "partial" && signal.reason instanceof Stopped) log.info("scan stopped", fields);
  else if (result.status === "partial") log.warn("scan partial", fields);
  else log.error("scan failed", fields);
  // It is the same at each scan, so only the first one logs it as information.
  if (result.leftOut !== undefined) log[summary.firstScan ? "info" : "debug"](result.leftOut, { watch: watch.name });
  if (result.doubt !== undefined) log.warn(result.doubt, { watch: watch.name });
  for (const text of result.notes) log.warn(text, { watch: watch.name });
}

/** RFC 5322 section 3.6.4. The name is this machine's; the rest is random. */
function newMessageId(deliveryId: number): string {
  const host = hostname().replace(/[^A-Za-z0-9.-]/g, "-") || "localhost";
  return `<${deliveryId}.${randomBytes(12).toString("hex")}@${host}>`;
}
