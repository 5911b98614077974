import { Argument, Command, Option } from "commander";
import { type Check, checkNames } from "../../core/check.ts";
import { HarbingerError } from "../../core/errors.ts";
import type { CatalogueEntry } from "../../outbound/check/exposure/entry.ts";
import type { Counterpart, Counterparts } from "../../outbound/check/post-command/counterparts.ts";
import { earlierScripts } from "../../outbound/check/post-command/earlier-scripts.ts";
import { parseNetwork, requireInScope } from "../check-scope.ts";
import type { CommonOptions } from "../common-options.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { suggestWords } from "../completion/suggested-values.ts";
import { setExitStatus } from "../exit.ts";
import { note, print, printJson, printTable } from "../output.ts";

interface CheckCommandOptions {
  readonly list?: boolean;
  readonly allow?: string;
  readonly timeout?: string;
  readonly script?: string;
}

/** Each check defines its own options, so they are parsed by the check and not here. */
export function checkCommand(): Command {
  return (
    withCommonOptions(new Command("check"))
      .description("run one check on one service: open port, TLS, certificate, exposure ...")
      .usage("NAME HOST [PORT] [options of the check]")
      .addArgument(suggestWords(new Argument("[name]", "a check or a service; see below"), namesToCheck))
      .argument("[arguments...]", "HOST PORT or HOST:PORT, then options of the check; services have a default port")
      .option("--list", "list the checks with their options, and the services that the exposure check knows")
      .option("--allow <networks>", "non-private networks that may be contacted, separated by commas")
      .option("--timeout <seconds>", "for the whole check (default: 10; port: 5)")
      // For post_command lines that only a shell can run: output and exit status are those of the earlier tool's script.
      .addOption(new Option("--script <file>", "behave like this script of the earlier tool").hideHelp())
      .allowUnknownOption()
      .helpOption(false)
      .addHelpText(
        "after",
        `\n${namesText()}\n\nOptions of a check follow its name. Exit status: 0 check passed, 1 check failed. The checks exposure and kafka,\nand those of services, pass if the service can be used without authentication, and fail if it is protected.\n${examples(
          "harbinger check --list",
          "harbinger check redis 192.168.1.7",
          "harbinger check port 192.168.1.7 22",
          "harbinger check tls mail.lan 25 --starttls smtp",
          "harbinger check http 192.168.1.7 443 https /status --json",
          "harbinger check cert 192.168.1.7 443",
        )}`,
      )
      .action(async (name: string | undefined, words: string[], options: CheckCommandOptions, command: Command) => {
        const isHelp = (word: string | undefined) => word === "--help" || word === "-h";
        if (options.script !== undefined) {
          const { runCheckScript } = await import("../run-check-script.ts");
          const args = name === undefined ? [] : [name, ...words];
          await runCheckScript(options.script, args, { allow: allowed(options), common: commonOptions(command) });
        } else if (isHelp(name)) command.outputHelp();
        else
          await runCheck(
            name,
            words.map((word) => (isHelp(word) ? "--help" : word)),
            options,
            commonOptions(command),
          );
      })
  );
}

/** Every name that `harbinger check` accepts. */
async function namesToCheck(): Promise<readonly string[]> {
  const { Counterparts } = await import("../../outbound/check/post-command/counterparts.ts");
  return [...new Set([...checkNames, ...new Counterparts(new Map()).names()])];
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
    const { Counterparts } = await import("../../outbound/check/post-command/counterparts.ts");
    const counterparts = new Counterparts(new Map(checks.map((check) => [check.name, check])));
    list({ checks, catalogue: exposureCatalogue, counterparts, json: common.json === true });
    if (options.list !== true) setExitStatus(2);
    return;
  }
  const { Counterparts } = await import("../../outbound/check/post-command/counterparts.ts");
  const counterparts = new Counterparts(new Map(checks.map((check) => [check.name, check])));
  const named = findNamed(name ?? "", checks, counterparts);
  if (named === undefined) throw await unknownCheck(name ?? "", checks, counterparts);
  const { check, usualPort } = named;
  if (words.includes("--help")) {
    print(describe(named));
    return;
  }
  const { checkJson } = await import("../../outbound/check/check-json.ts");
  const { readCheckArguments } = await import("../../outbound/check/check-arguments.ts");
  const timeout = options.timeout === undefined ? [] : ["--timeout", options.timeout];
  const read = readCheckArguments(check, [...timeout, ...words], usualPort);
  if (read.kind === "wrong") {
    throw new HarbingerError("usage", `check ${named.name}: ${read.reason}`, {
      remedy: `harbinger check ${named.name} --help shows its arguments.`,
    });
  }
  const { request: asked } = read;
  const request = { ...asked, options: { ...named.impliedOptions(asked.port), ...asked.options } };
  await requireInScope(request, allowed(options), common);
  const abort = new AbortController();
  const { onShutdownSignals } = await import("../../platform/shutdown-signals.ts");
  using _signals = onShutdownSignals({ first: () => abort.abort(), second: () => process.exit(130) });
  const result = await check.run(request, abort.signal);
  if (read.json || common.json === true) printJson(checkJson(result, request));
  else if (result.output !== "") print(result.output);
  if (!result.passed) setExitStatus(1);
}

/** A check, or a service by its name in the catalogue or in the earlier tool. */
function findNamed(name: string, checks: readonly Check[], counterparts: Counterparts): Counterpart | undefined {
  const isCheck = checks.some((candidate) => candidate.name === name);
  return isCheck || counterparts.names().includes(name) ? counterparts.find(name) : undefined;
}

async function unknownCheck(
  name: string,
  checks: readonly Check[],
  counterparts: Counterparts,
): Promise<HarbingerError> {
  const { nearestName } = await import("../../core/nearest-name.ts");
  const names = checks.map((candidate) => candidate.name);
  const nearest = nearestName(name, [...names, ...counterparts.names()]);
  const meant = nearest === undefined ? "" : `Did you mean ${nearest}? `;
  return new HarbingerError("usage", `there is no check "${name}"`, {
    remedy: `${meant}Checks: ${names.join(", ")}, and each service that harbinger check --list shows.`,
  });
}

function allowed({ allow }: CheckCommandOptions) {
  return allow === undefined ? [] : allow.split(",").map(parseNetwork);
}

/** For the help text, which must not load the checks. */
function namesText(): string {
  const services = earlierScripts.filter((script) => script.services !== undefined).map((script) => script.name);
  return [
    `Checks: ${checkNames.join(", ")}.`,
    ...wrapped(`Services (each checks the exposure on its default port): ${services.join(", ")}; --list shows more.`),
  ].join("\n");
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= 110) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

interface Listed {
  readonly checks: readonly Check[];
  readonly catalogue: readonly CatalogueEntry[];
  readonly counterparts: Counterparts;
  readonly json: boolean;
}

/** The checks, and the services that the exposure check knows. */
function list({ checks, catalogue, counterparts, json }: Listed): void {
  const names = counterparts.names().flatMap((name) => counterparts.find(name) ?? []);
  if (json) {
    const services = catalogue.map(({ name, title, ports, proves }) => ({ name, title, ports, proves }));
    for (const { name, description, options } of checks) {
      printJson({ name, description, options, ...(name === "exposure" && { services, names: names.map(nameJson) }) });
    }
    return;
  }
  printTable<Check>(
    [
      { title: "CHECK", value: (check) => check.name },
      { title: "DESCRIPTION", value: (check) => check.description },
      { title: "OPTIONS", value: (check) => check.options.map((option) => `--${option.name}`).join(" ") },
    ],
    checks,
  );
  print("");
  printTable<CatalogueEntry>(
    [
      { title: "SERVICE", value: (entry) => entry.name },
      { title: "PRODUCT", value: (entry) => entry.title },
      { title: "USUAL PORTS", value: (entry) => entry.ports.join(" ") },
      { title: "STRONGEST RESULT", value: (entry) => entry.proves },
    ],
    catalogue,
  );
  print("");
  const others = names.filter((named) => serviceOf(named) !== named.name);
  printTable<Counterpart>(
    [
      { title: "OTHER NAME", value: (named) => named.name },
      { title: "SERVICE", value: serviceOf },
      { title: "DEFAULT PORT", value: (named) => named.usualPort },
    ],
    others,
  );
  note(
    "Each service is also a check, under each of its names: harbinger check redis HOST. Its first port is the default.",
  );
  note("STRONGEST RESULT is what the exposure check can prove at most if a service needs no login.");
  note("harbinger check NAME --help explains the options of a check.");
}

function nameJson(named: Counterpart) {
  return { name: named.name, service: serviceOf(named), port: named.usualPort };
}

/** The catalogue's name of the service, on its default port where it has one. */
function serviceOf({ usualPort, impliedOptions }: Counterpart): string | undefined {
  return impliedOptions(usualPort ?? noPort)["service"];
}

/** A port that no catalogue entry lists. */
const noPort = 0;

function describe({ name, title, check, usualPort }: Counterpart): string {
  const isService = name !== check.name;
  const extra = check.operands === undefined ? "" : ` ${check.operands.usage}`;
  const port = usualPort === undefined ? "PORT" : "[PORT]";
  const lines = check.options
    .filter((option) => !isService || option.name !== "service")
    .map(
      (option) =>
        `  ${`--${option.name}${option.value === undefined ? "" : ` <${option.value}>`}`.padEnd(28)} ${option.description}`,
    );
  return [
    `Usage: harbinger check ${name} HOST ${port}${extra} [options]`,
    "",
    isService ? `whether ${title} can be used without authentication` : check.description,
    ...(check.passes === undefined ? [] : wrapped(`It ${check.passes.replaceAll("`", "")}.`)),
    ...(usualPort === undefined ? [] : [`default port: ${usualPort}`]),
    "",
    "Options:",
    ...lines,
    `  ${"--timeout <seconds>".padEnd(28)} for the whole check`,
    `  ${"--json".padEnd(28)} one JSON object with all facts`,
  ].join("\n");
}
