import { Command } from "commander";
import type { Check } from "../../core/check.ts";
import { HarbingerError } from "../../core/errors.ts";
import { type AddressRange, parseRange } from "../../core/network.ts";
import type { CatalogueEntry } from "../../outbound/check/exposure/entry.ts";
import type { CommonOptions } from "../common-options.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { setExitStatus } from "../exit.ts";
import { note, print, printJson, printTable } from "../output.ts";

interface CheckCommandOptions {
  readonly list?: boolean;
  readonly allow?: string;
  readonly timeout?: string;
}

/** Options of a check are its own: they are read by the check's list, not here. */
export function checkCommand(): Command {
  return withCommonOptions(new Command("check"))
    .description("ask one service one question: is it open, does it speak TLS, whose certificate, is it exposed ...")
    .usage("NAME HOST PORT [options of the check]")
    .argument("[name]", "which check; --list shows them")
    .argument("[arguments...]", "HOST PORT, or HOST:PORT, and the options of the check")
    .option("--list", "show the checks with their options, and the services whose exposure is known")
    .option("--allow <networks>", "networks outside the private ones that may be asked, too, with commas between them")
    .option("--timeout <seconds>", "for the whole check (default: 10; port: 5)")
    .allowUnknownOption()
    .helpOption(false)
    .addHelpText(
      "after",
      `\nThe options of a check stand after its name. Exit status: 0 open, spoken, collected, matched; 1 not so.\n${examples(
        "harbinger check --list",
        "harbinger check port 192.168.1.7 22",
        "harbinger check tls mail.lan 25 --starttls smtp",
        "harbinger check http 192.168.1.7 443 https /status --json",
        "harbinger check cert 192.168.1.7 443",
      )}`,
    )
    .action(async (name: string | undefined, words: string[], options: CheckCommandOptions, command: Command) => {
      const isHelp = (word: string | undefined) => word === "--help" || word === "-h";
      if (isHelp(name)) command.outputHelp();
      else
        await runCheck(
          name,
          words.map((word) => (isHelp(word) ? "--help" : word)),
          options,
          commonOptions(command),
        );
    });
}

async function runCheck(
  name: string | undefined,
  words: readonly string[],
  options: CheckCommandOptions,
  common: CommonOptions,
): Promise<void> {
  const { createChecks } = await import("../../outbound/check/registry.ts");
  const { systemClock } = await import("../../platform/system-clock.ts");
  const checks = createChecks({ directory: process.cwd(), clock: systemClock });
  if (options.list === true || (name === undefined && words.length === 0)) {
    const { exposureCatalogue } = await import("../../outbound/check/exposure/catalogue.ts");
    list(checks, exposureCatalogue, common.json === true);
    if (options.list !== true) setExitStatus(2);
    return;
  }
  const check = checks.find((candidate) => candidate.name === name);
  if (check === undefined) {
    throw new HarbingerError("usage", `there is no check "${name ?? ""}"`, {
      remedy: `There are: ${checks.map((candidate) => candidate.name).join(", ")}. harbinger check --list says more.`,
    });
  }
  if (words.includes("--help")) {
    print(describe(check));
    return;
  }
  const allow = options.allow === undefined ? [] : options.allow.split(",").map(parseNetwork);
  const { checkJson } = await import("../../outbound/check/check-json.ts");
  const { readCheckArguments } = await import("../../outbound/check/check-arguments.ts");
  const timeout = options.timeout === undefined ? [] : ["--timeout", options.timeout];
  const read = readCheckArguments(check, [...timeout, ...words]);
  if (read.kind === "wrong") {
    throw new HarbingerError("usage", `check ${check.name}: ${read.reason}`, {
      remedy: `harbinger check ${check.name} --help shows how it is called.`,
    });
  }
  await requireInScope(read.request.host, read.request.timeoutMs, allow, common);
  const abort = new AbortController();
  const { onShutdownSignals } = await import("../../platform/shutdown-signals.ts");
  using _signals = onShutdownSignals({ first: () => abort.abort(), second: () => process.exit(130) });
  const result = await check.run(read.request, abort.signal);
  if (read.json || common.json === true) printJson(checkJson(result, read.request));
  else if (result.output !== "") print(result.output);
  if (!result.passed) setExitStatus(1);
}

function parseNetwork(text: string): AddressRange {
  const range = parseRange(text.trim());
  if (range === undefined) throw new HarbingerError("usage", `--allow ${text}: not a network`);
  return range;
}

/** The guard of scans holds here, too: a typing error must not ask a stranger. */
async function requireInScope(
  host: string,
  timeoutMs: number,
  allow: readonly AddressRange[],
  common: CommonOptions,
): Promise<void> {
  const { requireConfig } = await import("../open.ts");
  const { resolveHost } = await import("../../outbound/check/dial.ts");
  const { Deadline } = await import("../../outbound/check/deadline.ts");
  const { outOfScope } = await import("../../outbound/scan/targets/scope.ts");
  const config = requireConfig(common);
  using deadline = new Deadline(timeoutMs, new AbortController().signal);
  const resolved = await resolveHost(host, deadline);
  // A name that has no address is the check's to tell.
  if (resolved.kind !== "addresses") return;
  const scope = { allow: [...config.scope.allow, ...allow], exclude: config.scope.exclude };
  for (const address of resolved.addresses) {
    const plain = parseRange(address.replace(/%.*$/, ""));
    if (plain === undefined) continue;
    if (outOfScope([plain], scope).length > 0) {
      throw new HarbingerError("usage", `${address} is outside the private networks, and is not asked`, {
        remedy: `Where that is right: --allow ${address}, or scope.allow in the configuration.`,
      });
    }
    const isExcluded = scope.exclude.some(
      (range) => range.family === plain.family && range.first <= plain.first && plain.first <= range.last,
    );
    if (isExcluded) throw new HarbingerError("usage", `${address} is excluded by scope.exclude, and is not asked`);
  }
}

/** The checks, and the services whose exposure is known. */
function list(checks: readonly Check[], catalogue: readonly CatalogueEntry[], json: boolean): void {
  if (json) {
    const services = catalogue.map(({ name, title, ports, proves }) => ({ name, title, ports, proves }));
    for (const { name, description, options } of checks) {
      printJson({ name, description, options, ...(name === "exposure" && { services }) });
    }
    return;
  }
  printTable<Check>(
    [
      { title: "CHECK", value: (check) => check.name },
      { title: "WHAT IT ASKS", value: (check) => check.description },
      { title: "OPTIONS", value: (check) => check.options.map((option) => `--${option.name}`).join(" ") },
    ],
    checks,
  );
  print("");
  printTable<CatalogueEntry>(
    [
      { title: "SERVICE", value: (entry) => entry.name },
      { title: "WHAT IT IS", value: (entry) => entry.title },
      { title: "USUAL PORTS", value: (entry) => entry.ports.join(" ") },
      { title: "AT MOST", value: (entry) => entry.proves },
    ],
    catalogue,
  );
  note("AT MOST is what the exposure check can prove of a service: its answers show no more without a login.");
  note("harbinger check NAME --help says what the options of a check mean.");
}

function describe(check: Check): string {
  const extra = check.name === "http" ? " [http|https] [PATH]" : "";
  const lines = check.options.map(
    ({ name, value, description }) =>
      `  ${`--${name}${value === undefined ? "" : ` <${value}>`}`.padEnd(28)} ${description}`,
  );
  return [
    `Usage: harbinger check ${check.name} HOST PORT${extra} [options]`,
    "",
    check.description,
    "",
    "Options:",
    ...lines,
    `  ${"--timeout <seconds>".padEnd(28)} for the whole check`,
    `  ${"--json".padEnd(28)} one JSON object with all facts`,
  ].join("\n");
}
