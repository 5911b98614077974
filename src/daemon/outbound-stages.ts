import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import pMap from "p-map";
import type { Config } from "../config/config.ts";
import type { CheckRequest } from "../core/check.ts";
import type { Clock } from "../core/clock.ts";
import type { Endpoint } from "../core/connection.ts";
import type { Audience } from "../core/delivery.ts";
import { HarbingerError, messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import { OwnPorts } from "../core/own-ports.ts";
import type { ScanEngine, ScanProgress } from "../core/scan-engine.ts";
import type { Store } from "../core/store.ts";
import type { Watch } from "../core/watch.ts";
import { type Examine, gatherEvidence } from "../outbound/check/gather-evidence.ts";
import { linesAtOnce, runCommandLineWithChecks } from "../outbound/check/post-command/command-line-with-checks.ts";
import { type PostCommandResult, PostCommandRunner } from "../outbound/check/post-command/post-command-runner.ts";
import { createChecks } from "../outbound/check/registry.ts";
import { audiencesOf } from "../outbound/discover/audiences.ts";
import { type RecordedScan, recordScan } from "../outbound/discover/record-scan.ts";
import type { OutboundStages } from "../outbound/flow.ts";
import { queueReports } from "../outbound/report/queue-reports.ts";
import { CommandEngine } from "../outbound/scan/command/command-engine.ts";
import { ConnectEngine } from "../outbound/scan/connect/connect-engine.ts";
import { NmapEngine } from "../outbound/scan/nmap/nmap-engine.ts";
import { PlanEngine } from "../outbound/scan/plan-engine.ts";
import { WithoutOwnPorts } from "../outbound/scan/without-own-ports.ts";
import { localAddressTest } from "../platform/local-addresses.ts";

/** Watches scanned at once: external programs wait a lot, and the built-in scanner shares its descriptors among scans. */
const parallelScans = 4;

export interface OutboundStagesOptions {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The outbox has work. */
  readonly deliver: () => void;
  readonly progress?: (watch: Watch, progress: ScanProgress) => void;
  /** What this program listens on itself. */
  readonly ownEndpoints: () => readonly Endpoint[];
}

/** The outbound flow's stages, made from the configuration. */
export function outboundStages(options: OutboundStagesOptions): OutboundStages {
  const { config, store, clock, log } = options;
  const audiences = configuredAudiences(config);
  const engine = scanEngine(options);
  const examine = examination(options);
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
        audiences: audiences.filter((audience) => audience.watches.includes(watch.name)),
        clock,
        signal,
        ...(progress === undefined ? {} : { progress: (step: ScanProgress) => progress(watch, step) }),
      });
      logScan(log, recorded);
      return recorded;
    },
    check: (watch, signal) => gatherEvidence(watch, store.discoveries, examine, signal),
    report: (ran) =>
      queueReports({
        audiences,
        ran: ran.map(({ watch, settled, result }) => ({ watch, settled, ...result })),
        watches: config.watches,
        deliveries: store.deliveries,
        at: clock.now(),
        ...(config.standalone.timeZone === undefined ? {} : { timeZone: config.standalone.timeZone }),
        html: config.reports.html,
        json: config.reports.json,
        messageId: newMessageId,
      }),
    failed(watch, error) {
      const remedy = error instanceof HarbingerError ? error.remedy : undefined;
      log.error("what this watch found could not be stored; the next run finds it again", {
        watch: watch.name,
        error: messageOf(error),
        remedy,
      });
    },
  };
}

/**
 * Who hears of what. Files are also kept where mail is asked for and cannot be sent: a report that waits for a mail
 * section that never comes would reach nobody.
 */
export function configuredAudiences(config: Config): Audience[] {
  return audiencesOf(config.watches, {
    mail: true,
    saveToFile: config.reports.saveToFile || config.email === undefined,
  });
}

function scanEngine({ config, clock, log, ownEndpoints }: OutboundStagesOptions): ScanEngine {
  const own = () => new OwnPorts(ownEndpoints(), localAddressTest());
  const connect = new ConnectEngine({ clock, log, limits: config.scan, scope: config.scope, own });
  const engines = { connect, nmap: new NmapEngine({ fallback: connect }), command: new CommandEngine() };
  return new WithoutOwnPorts(new PlanEngine(engines), own);
}

/** Bytes and time that one built-in check of a watch may take. */
const checkTimeoutMs = 20_000;
const checksAtOnce = 32;
/** For each new host of a watch: what takes many connections to find out is for who asks by hand. */
const quickly: Readonly<Record<string, CheckRequest["options"]>> = {
  tls: { brief: true },
  http: { "no-favicon": true },
};

/** The watch's built-in checks and its own command, one after the other for a host, several hosts at once. */
function examination({ clock, log }: OutboundStagesOptions): Examine {
  const checks = createChecks({ directory: process.cwd(), clock });
  const byName = new Map(checks.map((check) => [check.name, check]));
  const runner = new PostCommandRunner({
    parallel: linesAtOnce,
    runCommandLine: runCommandLineWithChecks({
      checks,
      onBuiltIn: (script, check) => log.info("the built-in check stands in for a helper script", { script, check }),
    }),
  });
  return async (watch, hosts, answered, signal) => {
    const endpoints = hosts.flatMap(({ id, address, port }) =>
      address === undefined || port === undefined ? [] : [{ id, host: address, port }],
    );
    if (watch.checks.length === 0 && watch.postCommand === undefined) return;
    log.info("asking new hosts", { watch: watch.name, hosts: endpoints.length });
    const answers = new Map<number, string[]>(endpoints.map(({ id }) => [id, []]));
    await pMap(
      endpoints,
      async ({ id, host, port }) => {
        for (const name of watch.checks) {
          const check = byName.get(name);
          if (check === undefined || signal.aborted) continue;
          const result = await check.run(
            { host, port, timeoutMs: checkTimeoutMs, options: quickly[name] ?? {} },
            signal,
          );
          answers.get(id)?.push(result.output);
        }
      },
      { concurrency: checksAtOnce },
    );
    if (signal.aborted) return;
    const tell = (id: number) => answered(id, (answers.get(id) ?? []).filter((text) => text !== "").join("\n"));
    if (watch.postCommand === undefined) {
      for (const { id } of endpoints) tell(id);
      return;
    }
    const add = ({ id, evidence }: PostCommandResult) => {
      answers.get(id)?.push(evidence);
      tell(id);
    };
    await runner.run(endpoints, watch.postCommand, add, signal);
  };
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
  for (const text of result.notes) log.warn(text, { watch: watch.name });
}

/** RFC 5322 section 3.6.4. The name is this machine's; the rest is unique without telling anything. */
function newMessageId(deliveryId: number): string {
  const host = hostname().replace(/[^A-Za-z0-9.-]/g, "-") || "localhost";
  return `<${deliveryId}.${randomBytes(12).toString("hex")}@${host}>`;
}
