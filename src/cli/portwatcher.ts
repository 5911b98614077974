import type { PortwatcherOutcome, PortwatcherSettings } from "../compat/portwatcher/environment.ts";
import { readPortwatcherEnvironment } from "../config/portwatcher-environment.ts";
import { maxReadBytes } from "../config/read-file.ts";
import { HarbingerError } from "../core/errors.ts";
import { silentLog } from "../core/log.ts";
import { safeText } from "../core/safe-text.ts";
import { canonicalTimeZone, timeStamp } from "../core/wall-clock.ts";
import { ReloadRequests } from "../daemon/reload/reload-requests.ts";
import { dieWithLauncher } from "../platform/launcher-watch.ts";
import { nameProcess } from "../platform/process-name.ts";
import { readStart } from "../platform/read-file-now.ts";
import { connectServiceManager } from "../platform/service-manager.ts";
import { adoptTimeZone, timeZoneVariableProblem } from "../platform/system-time-zone.ts";
import { ConnectionLog } from "./connection-log.ts";
import { addEnvFiles, correctEnvFiles } from "./env-files.ts";
import { reportFailure, setExitStatus } from "./exit.ts";
import { gracefulShutdown } from "./graceful-shutdown.ts";
import { exitOnClosedPipe, note, wantsColour } from "./output.ts";

/** `portwatcher`: configured by environment variables, from the process and from files. */
export async function main(args: readonly string[]): Promise<void> {
  nameProcess("portwatcher");
  dieWithLauncher();
  exitOnClosedPipe();
  try {
    const corrected = correctEnvFiles(process.execArgv, process.env);
    const read = await readArguments(args);
    if (read === "help shown") return;
    const { command, envFiles } = read;
    const base = { ...process.env };
    const added = addEnvFiles(envFiles, process.env);
    const settings = readSettings(new Set([...corrected, ...added]));
    if (settings === undefined) setExitStatus(2);
    else if (command === "healthcheck") await checkHealth(settings.settings);
    else await watch(settings, () => readAgain(base, { envFiles, corrected }));
  } catch (error) {
    reportFailure(error, "portwatcher");
  }
}

interface Arguments {
  readonly command: "watch" | "healthcheck";
  readonly envFiles: readonly string[];
}

/** @throws HarbingerError `usage` for everything but `healthcheck` and `--env-file FILE` */
async function readArguments(args: readonly string[]): Promise<Arguments | "help shown"> {
  // Most starts have no arguments, and the loaded parser would stay in memory.
  if (args.length === 0) return { command: "watch", envFiles: [] };
  const [{ CommanderError }, { portwatcherCommand }] = await Promise.all([
    import("commander"),
    import("./portwatcher-command.ts"),
  ]);
  const definition = portwatcherCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  try {
    definition.action(() => undefined).parse([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return "help shown";
    throw new HarbingerError("usage", `unknown arguments: ${safeText(args.join(" "), { limit: 200 })}`, {
      remedy:
        "portwatcher takes healthcheck and --env-file FILE; everything else is set by environment variables: portwatcher --help",
    });
  }
  const { envFile = [] } = definition.opts<{ readonly envFile?: readonly string[] }>();
  return { command: definition.args[0] === "healthcheck" ? "healthcheck" : "watch", envFiles: envFile };
}

type Settings = Extract<PortwatcherOutcome, { readonly kind: "settings" }>;

/**
 * Prints the errors if the environment cannot be used.
 * @param literal variables whose values contain no comments
 */
function readSettings(literal: ReadonlySet<string>): Settings | undefined {
  adoptTimeZone(process.env);
  const outcome = readPortwatcherEnvironment(process.env, {
    readFile: (file) => readStart(file, maxReadBytes),
    literal,
  });
  if (outcome.kind === "invalid") {
    note("portwatcher: the environment cannot be used:");
    for (const problem of outcome.problems) note(`  ${safeText(problem)}`);
    for (const warning of outcome.warnings) note(`  Warning: ${safeText(warning)}`);
    return undefined;
  }
  return outcome;
}

async function checkHealth(settings: PortwatcherSettings): Promise<void> {
  const [{ askHealth }, { storeLocation }] = await Promise.all([
    import("./ask-health.ts"),
    import("../compat/portwatcher/store-place.ts"),
  ]);
  await askHealth(storeLocation(settings, silentLog), { program: "portwatcher", json: false });
}

/**
 * Reads files of variables and secrets again, over the environment at the start.
 * @throws HarbingerError `usage` if they cannot be used
 */
function readAgain(
  base: NodeJS.ProcessEnv,
  { envFiles, corrected }: { readonly envFiles: readonly string[]; readonly corrected: ReadonlySet<string> },
): PortwatcherSettings {
  const environment = { ...base };
  const added = addEnvFiles(envFiles, environment);
  const outcome = readPortwatcherEnvironment(environment, {
    readFile: (file) => readStart(file, maxReadBytes, "now"),
    literal: new Set([...corrected, ...added]),
  });
  if (outcome.kind === "settings") return outcome.settings;
  throw new HarbingerError("usage", outcome.problems.join("; "));
}

async function watch({ settings, warnings }: Settings, read: () => PortwatcherSettings): Promise<void> {
  // The log uses the time zone of the alerts unless TZ is set.
  const systemZone = process.env["TZ"] ?? "";
  const logZone = canonicalTimeZone(systemZone) ?? (systemZone === "" ? settings.alerts.text.timeZone : undefined);
  const [{ openLog }, { runPortwatcher }, { systemClock, systemRandom }] = await Promise.all([
    import("../daemon/logging.ts"),
    import("../daemon/portwatcher/portwatcher.ts"),
    import("../platform/system-clock.ts"),
  ]);
  const stamp = timeStamp(logZone);
  using log = openLog({
    level: settings.logLevel,
    terminal: settings.logLevel,
    colour: wantsColour(process.stderr),
    stamp,
  });
  const zoneProblem = timeZoneVariableProblem(systemZone);
  if (zoneProblem !== undefined && logZone === undefined) log.warn(`TZ: ${zoneProblem}`);
  for (const warning of warnings) log.warn(warning);
  const serviceManager = await connectServiceManager({ environment: process.env, clock: systemClock, log });
  const reloads = new ReloadRequests<void>();
  using shutdown = gracefulShutdown({ log, serviceManager, reload: () => void reloads.request() });
  const lines = new ConnectionLog(systemClock, stamp, (text) => process.stderr.write(text));
  await runPortwatcher({
    settings,
    clock: systemClock,
    random: systemRandom,
    log,
    serviceManager,
    seen: settings.logLevel === "debug" || settings.logLevel === "info" ? lines.add : () => undefined,
    signal: shutdown.signal,
    reloads,
    read,
  });
  lines.flush();
}
