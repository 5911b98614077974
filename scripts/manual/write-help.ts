import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { completionScript } from "../../src/cli/commands/completion.ts";
import { type DescribedCommand, describeCommand } from "../../src/cli/completion/described-command.ts";
import { buildProgram } from "../../src/cli/harbinger.ts";
import { portwatcherCommand } from "../../src/cli/portwatcher-command.ts";
import { variableGroups } from "../../src/compat/portwatcher/variables.ts";
import { programVersion } from "../../src/platform/program-version.ts";
import { projectRoot, readProject } from "../package/project.ts";
import { commandPage, type PageEdition } from "./command-page.ts";
import { configurationSections } from "./configuration-keys.ts";
import { configurationPage } from "./configuration-page.ts";
import { bold, definition, heading, subheading } from "./roff.ts";

/**
 * Writes the man pages and the shell completions into a folder, by default `dist/help`. The same sources and the
 * same SOURCE_DATE_EPOCH give the same bytes; without it the date is that of the last commit.
 */
const folder = path.resolve(process.argv[2] ?? path.join(projectRoot, "dist/help"));
const edition: PageEdition = { date: dateOfSources(), version: programVersion() };
const harbinger = await describeCommand(buildProgram());
const portwatcher = await describeCommand(portwatcherCommand());

rmSync(folder, { recursive: true, force: true });
for (const [name, text] of [...manPages(), ...(await completions())]) {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
process.stdout.write(`Man pages and completions: ${folder}\n`);

function manPages(): readonly (readonly [string, string])[] {
  const programs = ["harbinger(1)", "harbinger.yaml(5)", "portwatcher(1)"];
  const page = (command: DescribedCommand, isProgram: boolean, environment?: string) => {
    const name = command.path.join("-");
    const seeAlso = programs.filter((other) => other !== `${name}(1)`);
    const text = commandPage(command, edition, {
      isProgram,
      seeAlso,
      ...(environment === undefined ? {} : { environment }),
    });
    return [`man/${name}.1`, text] as const;
  };
  return [
    page(harbinger, true),
    ...harbinger.commands.map((command) => page(command, false)),
    page({ ...portwatcher, after: examplesOnly(portwatcher.after) }, true, portwatcherEnvironment()),
    ["man/harbinger.yaml.5", configurationPage(configurationSections(), edition)],
  ];
}

async function completions(): Promise<readonly (readonly [string, string])[]> {
  const files: (readonly [string, string])[] = [];
  for (const program of [buildProgram(), portwatcherCommand()]) {
    const name = program.name();
    files.push([`completions/${name}.bash`, await completionScript("bash", program)]);
    files.push([`completions/_${name}`, await completionScript("zsh", program)]);
    files.push([`completions/${name}.fish`, await completionScript("fish", program)]);
  }
  return files;
}

/** The variables have their own section in the man page. */
function examplesOnly(after: string): string {
  return after.slice(after.indexOf("Examples:"));
}

function portwatcherEnvironment(): string {
  return [
    heading("environment"),
    ...variableGroups.flatMap(({ title, variables }) => [
      subheading(title),
      ...variables.map(({ name, standard, about }) =>
        definition(bold(name), `${about}${standard === "" ? "" : ` (default: ${standard})`}`),
      ),
    ]),
  ].join("");
}

/** `2026-01-31`, in UTC. */
function dateOfSources(): string {
  return new Date(readProject().sourceDate * 1000).toISOString().slice(0, 10);
}
