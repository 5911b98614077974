import path from "node:path";
import type { Config } from "../config/config.ts";
import { counted } from "../core/counted.ts";
import type { Diagnosis } from "../core/diagnosis.ts";
import type { Watch } from "../core/watch.ts";
import { openDatabase } from "../inbound/enrich/open-database.ts";
import { isOfOtherKind } from "../inbound/enrich/record-kind.ts";
import { describeToken } from "../notify/channels/smtp/oauth2/access-tokens.ts";
import { engineKeyList, engineOf, engines, noScanMethod } from "../outbound/scan/engines.ts";
import { descriptorBudget } from "../platform/descriptors.ts";
import { findProgram } from "../platform/programs.ts";
import { systemClock } from "../platform/system-clock.ts";
import { alertRoutes, mailServer, mailTokens } from "./channels.ts";
import { examineFolder } from "./doctor-folder.ts";
import { examineDevices, examineListeners } from "./doctor-rights.ts";
import { examineFileSizes } from "./doctor-sizes.ts";
import { examineStore } from "./doctor-store.ts";

const mailLimitMs = 30_000;
/** The built-in scanner is slow below this limit. */
const comfortableDescriptors = 1024;

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
    finding: `${config.source ?? "built-in default"}, ${counted(config.watches.length, "watch", "watches")}, ${counted(config.listeners.length, "listener", "listeners")}`,
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
  yield* examineMail(config);
  yield* examinePush(config);
  yield* examineDevices(config);
  yield* examineListeners(config, isRunning);
  if (config.listeners.length > 0) yield* examineDatabases(config);
}

function examineDescriptors(): Diagnosis {
  const { limit } = descriptorBudget();
  const finding = `${limit} open files allowed`;
  if (limit >= comfortableDescriptors) return { state: "ok", subject: "open files", finding };
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

/** What is sent to each push channel. `notify test` shows whether messages arrive. */
function* examinePush(config: Config): Generator<Diagnosis> {
  const routes = config.listeners.length === 0 ? [] : alertRoutes(config);
  for (const { channel, name } of config.pushSections) {
    const watches = config.watches.filter((watch) => watch.notify?.includes(name) === true);
    const getsAlerts = routes.some((route) => route.channel === channel && route.recipients.includes(name));
    const senders = [
      ...(watches.length === 0 ? [] : [`reports of ${counted(watches.length, "watch", "watches")}`]),
      ...(getsAlerts ? ["alerts"] : []),
    ];
    const subject = channel === "ntfy" ? "ntfy" : `webhook ${name}`;
    if (senders.length > 0) yield { state: "ok", subject, finding: `receives ${senders.join(" and ")}` };
    else {
      const remedy = `Name it in notify of a watch: notify: [${name}].`;
      yield { state: "warning", subject, finding: "configured, but nothing is sent there", remedy };
    }
  }
}

async function* examineMail(config: Config): AsyncGenerator<Diagnosis> {
  const subject = "mail";
  const wanted = config.watches.some((watch) => watch.recipients.length > 0) || config.alerts.recipients.length > 0;
  const { email } = config;
  if (email === undefined) {
    if (!wanted) return;
    yield {
      state: "bad",
      subject,
      finding: "mail addresses are configured, but there is no email section",
      remedy: "Until there is one, messages wait in the outbox and reports are kept as files.",
    };
    return;
  }
  if (email.kind === "local") {
    const word = email.command.trim().split(/\s+/)[0] ?? "";
    const program = findProgram(word);
    if (program === undefined) {
      yield {
        state: "bad",
        subject,
        finding: `program ${word} not found`,
        remedy: "Install it, or set email.mail_command.",
      };
    } else yield { state: "ok", subject, finding: program };
    return;
  }
  const signal = AbortSignal.timeout(mailLimitMs);
  const tokens = mailTokens(config, systemClock);
  if (tokens !== undefined) {
    const fetched = await tokens.current(signal);
    if (fetched.kind === "failed") {
      yield {
        state: "bad",
        subject: "mail token",
        finding: fetched.reason,
        remedy: "Mail waits until this is fixed.",
      };
      return;
    }
    const { token } = fetched;
    yield {
      state: token.warning === undefined ? "ok" : "warning",
      subject: "mail token",
      finding: describeToken(token, tokens.issuer),
    };
  }
  const outcome = await mailServer(email, tokens).testLogin(signal);
  const server = `${email.server}:${email.port}`;
  if (outcome.kind === "delivered") {
    yield {
      state: "ok",
      subject,
      finding: `${server} answers${email.credentials === undefined && tokens === undefined ? "" : " and accepts the login"}`,
    };
  } else {
    yield { state: "bad", subject, finding: outcome.reason, remedy: "harbinger notify test sends a real message." };
  }
}
