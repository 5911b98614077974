import path from "node:path";
import type { Config } from "../config/config.ts";
import type { Diagnosis } from "../core/diagnosis.ts";
import type { Watch } from "../core/watch.ts";
import { openDatabase } from "../inbound/enrich/open-database.ts";
import { isOfOtherKind } from "../inbound/enrich/record-kind.ts";
import type { ChannelDefinition } from "../notify/channel-definition.ts";
import type { ChannelSection } from "../notify/channel-sections.ts";
import { channels } from "../notify/channels.ts";
import { engineKeyList, engineOf, engines, noScanMethod } from "../outbound/scan/engines.ts";
import { descriptorBudget } from "../platform/descriptors.ts";
import { systemClock } from "../platform/system-clock.ts";
import { plural } from "../present/text/plural.ts";
import { alertRoutes, partsOf } from "./channels.ts";
import { examineFolder } from "./doctor-folder.ts";
import { examineDevices, examineListeners } from "./doctor-rights.ts";
import { examineFileSizes } from "./doctor-sizes.ts";
import { examineStore } from "./doctor-store.ts";
import { examineWeb } from "./doctor-web.ts";

/** Time limit for the queries of one channel. */
const channelLimitMs = 30_000;
/** The built-in scanner is slow below this limit. */
const enoughDescriptors = 1024;

/**
 * Checks the requirements of a run, without changing anything and without sending messages.
 * @param depth how thoroughly the database is checked: see `examineFile`
 */
export async function* examine(
  config: Config,
  options: { readonly depth: "quick" | "full" } = { depth: "quick" },
): AsyncGenerator<Diagnosis> {
  yield {
    state: "ok",
    subject: "configuration",
    finding: `${config.source ?? "built-in default"}, ${plural(config.watches.length, "watch", "watches")}, ${plural(config.listeners.length, "listener", "listeners")}`,
  };
  yield examineDescriptors();
  let isRunning = false;
  for await (const diagnosis of examineStore(config, options.depth)) {
    if (diagnosis.subject === "running") isRunning = true;
    yield diagnosis;
  }
  yield examineFolder("reports", config.reports.directory);
  if (config.logging.file !== undefined) yield examineFolder("log", path.dirname(path.resolve(config.logging.file)));
  yield* examineFileSizes(config);
  yield* examineEngines(config.watches);
  yield* examineChannels(config);
  yield* examineDevices(config);
  yield* examineListeners(config, isRunning);
  yield* examineWeb(config, isRunning);
  if (config.listeners.length > 0) yield* examineDatabases(config);
}

function examineDescriptors(): Diagnosis {
  const { limit } = descriptorBudget();
  const finding = `${limit} open files allowed`;
  if (limit >= enoughDescriptors) return { state: "ok", subject: "open files", finding };
  return {
    state: "warning",
    subject: "open files",
    finding,
    remedy: "Scans are slow; raise the limit: ulimit -n 4096",
  };
}

function* examineEngines(watches: readonly Watch[]): Generator<Diagnosis> {
  for (const engine of engines) {
    const uses = watches.filter(({ scan }) => scan.engine === engine.name);
    if (uses.length > 0) yield* engine.diagnose?.(uses.map(({ name, scan }) => ({ watch: name, plan: scan }))) ?? [];
  }
  for (const watch of watches) {
    if (engineOf(watch.scan) !== undefined) continue;
    yield { state: "bad", subject: watch.name, finding: noScanMethod, remedy: `Give it ${engineKeyList()}.` };
  }
}

/** MaxMind updates its databases twice a week, so an older file is no longer updated. */
const oldDatabaseMs = 60 * 86_400_000;

async function* examineDatabases({ enrich }: Config): AsyncGenerator<Diagnosis> {
  for (const [subject, file, wanted] of [
    ["city database", enrich.cityDatabase, "places"],
    ["ASN database", enrich.asnDatabase, "networks"],
  ] as const) {
    if (file === undefined) continue;
    const opening = await openDatabase(file);
    if (opening.kind !== "opened") {
      const problem = "problem" in opening ? opening.problem : opening.kind;
      yield {
        state: "warning",
        subject,
        finding: `${file}: ${problem}`,
        remedy: "Alerts lack this information until the file exists; install it with MaxMind's geoipupdate.",
      };
      continue;
    }
    const { type, builtAt, samples } = opening.database;
    const finding = `${file}: ${type} of ${Number.isNaN(builtAt.getTime()) ? "unknown age" : builtAt.toISOString().slice(0, 10)}`;
    if (samples.some((record) => isOfOtherKind(record, wanted))) {
      const remedy = "Were city_database and asn_database swapped?";
      yield { state: "warning", subject, finding: `${finding} contains no ${wanted}`, remedy };
    } else if (systemClock.now() - builtAt.getTime() <= oldDatabaseMs) yield { state: "ok", subject, finding };
    else yield { state: "warning", subject, finding, remedy: "The file is old: check that geoipupdate still runs." };
  }
}

/** Whether each channel works, and what is sent there. `notify test` shows whether messages arrive. */
async function* examineChannels(config: Config): AsyncGenerator<Diagnosis> {
  for (const definition of channels) {
    const entries = config.channels.filter(({ channel }) => channel === definition.name);
    if (entries.length === 0) yield* examineMissing(definition, config);
    for (const entry of entries) {
      if (definition.diagnose !== undefined) {
        const parts = partsOf(entry, config, { clock: systemClock });
        yield* definition.diagnose(entry.section, parts, AbortSignal.timeout(channelLimitMs));
      } else if (definition.recipients === "notify") yield examineSenders(entry, definition, config);
    }
  }
}

/** Recipients that no message can be sent to, because the section of their channel is missing. */
function* examineMissing({ name, path, recipients }: ChannelDefinition, config: Config): Generator<Diagnosis> {
  const isListed = config.watches.some((watch) => watch.recipients.length > 0) || config.alerts.recipients.length > 0;
  if (recipients !== "email" || !isListed) return;
  yield {
    state: "bad",
    subject: name,
    finding: `${name} addresses are configured, but there is no ${path.join(".")} section`,
    remedy: "Until there is one, messages wait in the outbox and reports are kept as files.",
  };
}

/** What is sent to a recipient that `notify` lists can name. */
function examineSenders(
  { channel, name }: ChannelSection,
  { hasEntries }: ChannelDefinition,
  config: Config,
): Diagnosis {
  const routes = config.listeners.length === 0 ? [] : alertRoutes(config);
  const watches = config.watches.filter((watch) => watch.notify?.includes(name) === true);
  const getsAlerts = routes.some((route) => route.channel === channel && route.recipients.includes(name));
  const senders = [
    ...(watches.length === 0 ? [] : [`reports of ${plural(watches.length, "watch", "watches")}`]),
    ...(getsAlerts ? ["alerts"] : []),
  ];
  const subject = hasEntries ? `${channel} ${name}` : channel;
  if (senders.length > 0) return { state: "ok", subject, finding: `receives ${senders.join(" and ")}` };
  const remedy = `Name it in notify of a watch: notify: [${name}].`;
  return { state: "warning", subject, finding: "configured, but nothing is sent there", remedy };
}
