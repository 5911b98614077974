import path from "node:path";
import type { Config } from "../config/config.ts";
import { counted } from "../core/counted.ts";
import type { Watch } from "../core/watch.ts";
import { openDatabase } from "../inbound/enrich/open-database.ts";
import { isOfOtherKind } from "../inbound/enrich/record-kind.ts";
import { describeToken } from "../notify/channels/smtp/oauth2/access-tokens.ts";
import { descriptorBudget } from "../platform/descriptors.ts";
import { findProgram } from "../platform/programs.ts";
import { systemClock } from "../platform/system-clock.ts";
import { alertRoutes, mailServer, mailTokens } from "./channels.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { examineFolder } from "./doctor-folder.ts";
import { examineDevices, examineListeners } from "./doctor-rights.ts";
import { examineFileSizes } from "./doctor-sizes.ts";
import { examineStore } from "./doctor-store.ts";

const mailLimitMs = 30_000;
/** Below this the built-in scanner is slow. */
const comfortableDescriptors = 1024;

/**
 * Examines what a run needs, without changing anything and without sending a message.
 * @param depth how closely the database is examined: see `examineFile`
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
  yield* examinePrograms(config.watches);
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

function* examinePrograms(watches: readonly Watch[]): Generator<Diagnosis> {
  const withNmap = watches.filter((watch) => watch.scan.engine === "nmap");
  if (withNmap.length > 0) {
    const nmap = findProgram("nmap");
    if (nmap !== undefined) yield { state: "ok", subject: "nmap", finding: nmap };
    else
      yield {
        state: "warning",
        subject: "nmap",
        finding: `not installed; ${withNmap.length} watches ask for it`,
        remedy:
          "The built-in scanner stands in where it can honour the arguments; otherwise the scan fails. Install nmap.",
      };
  }
  for (const watch of watches) {
    if (watch.scan.engine === "none") {
      yield {
        state: "bad",
        subject: watch.name,
        finding: watch.scan.reason,
        remedy: "Give it targets, nmap_scan or command.",
      };
    }
    if (watch.scan.engine !== "command") continue;
    const word = /^\s*([A-Za-z0-9_./\\:-]+)(?=\s|$)/.exec(watch.scan.commandLine)?.[1];
    if (word === undefined || findProgram(word) !== undefined) continue;
    yield {
      state: "warning",
      subject: watch.name,
      finding: `no program ${word} is found on the search path`,
      remedy: "Unless it is part of the shell, the scan fails. Give the full path.",
    };
  }
}

/** MaxMind renews its databases twice a week; what is so old is not renewed any more. */
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
        remedy: "Alerts go without what it tells until it is there; geoipupdate of MaxMind brings it.",
      };
      continue;
    }
    const { type, builtAt, samples } = opening.database;
    const finding = `${file}: ${type} of ${Number.isNaN(builtAt.getTime()) ? "unknown age" : builtAt.toISOString().slice(0, 10)}`;
    if (samples.some((record) => isOfOtherKind(record, wanted))) {
      const remedy = "Were city_database and asn_database swapped?";
      yield { state: "warning", subject, finding: `${finding} does not tell ${wanted}`, remedy };
    } else if (systemClock.now() - builtAt.getTime() <= oldDatabaseMs) yield { state: "ok", subject, finding };
    else yield { state: "warning", subject, finding, remedy: "It is old: is geoipupdate still running?" };
  }
}

/** Who sends to each channel that pushes. Whether messages arrive is for `notify test` to say. */
function* examinePush(config: Config): Generator<Diagnosis> {
  const routes = config.listeners.length === 0 ? [] : alertRoutes(config);
  for (const { channel, name } of config.pushSections) {
    const watches = config.watches.filter((watch) => watch.notify?.includes(name) === true);
    const getsAlerts = routes.some((route) => route.channel === channel && route.recipients.includes(name));
    const senders = [
      ...(watches.length === 0 ? [] : [`reports of ${counted(watches.length, "watch", "watches")}`]),
      ...(getsAlerts ? ["alerts"] : []),
    ];
    const subject = name === channel ? name : `${channel} ${name}`;
    if (senders.length > 0) yield { state: "ok", subject, finding: `gets ${senders.join(" and ")}` };
    else {
      const remedy = `Name it in notify of a watch: notify: [${name}].`;
      yield { state: "warning", subject, finding: "configured, and nothing is sent there", remedy };
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
      finding: "mail addresses are named, and there is no email section",
      remedy: "Messages wait in the outbox (and reports are kept as files) until there is one.",
    };
    return;
  }
  if (email.kind === "local") {
    const word = email.command.trim().split(/\s+/)[0] ?? "";
    const program = findProgram(word);
    if (program === undefined) {
      yield { state: "bad", subject, finding: `no program ${word}`, remedy: "Install it, or set email.mail_command." };
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
        remedy: "Mail waits until that is mended.",
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
      finding: `${server} answers${email.credentials === undefined && tokens === undefined ? "" : " and lets us log in"}`,
    };
  } else {
    yield { state: "bad", subject, finding: outcome.reason, remedy: "harbinger notify test sends a real message." };
  }
}
