import { allCommands, type DescribedCommand } from "../../src/cli/completion/described-command.ts";
import { variableGroups } from "../../src/compat/portwatcher/variables.ts";
import type { ChannelDefinition } from "../../src/notify/channel-definition.ts";
import { notifyChannels } from "../../src/notify/channels.ts";
import { engines } from "../../src/outbound/scan/engines.ts";
import { catalogueTable, checkParts } from "./check-tables.ts";
import { sentence } from "./command-page.ts";
import type { ConfigurationKey, ConfigurationSection } from "./configuration-keys.ts";
import { fieldTable, kindTable, typeTable } from "./json-shapes.ts";
import { routeTable } from "./web-routes.ts";

/** The sources of the generated parts of the pages. */
export interface ReferenceSources {
  readonly sections: readonly ConfigurationSection[];
  readonly programs: readonly DescribedCommand[];
  /** The diagram of the imports. */
  readonly imports: string;
}

/**
 * Fills the generated parts of a page, which are between `<!-- generated: WHAT -->` and `<!-- end -->`. WHAT is
 * `keys of SECTION` (`the top` for keys that are not sections), with `without those of SECTION` or `shared with SECTION` after
 * it, or `commands`, or `engines`, or `imports`, or `web routes`, or `variables of portwatcher`, or `json of SHAPE`, or `kinds of discovery`, or
 * `finding types`.
 * @throws Error if WHAT is anything else
 */
export function fillGenerated(text: string, sources: ReferenceSources): string {
  return text.replaceAll(
    /^(<!-- generated: (.*) -->)\n(?:.*\n)*?(<!-- end -->)$/gm,
    (_, start: string, what: string, end: string) => `${start}\n${generated(what, sources)}\n${end}`,
  );
}

/** The sections whose keys a page shows. */
export function sectionsShownIn(text: string): readonly string[] {
  const named = [...text.matchAll(/^<!-- generated: keys of (the top|\S+)(?: .*)? -->$/gm)].map(
    (match) => match[1] ?? "",
  );
  const shows = (what: string) => text.includes(`<!-- generated: ${what} -->`);
  return [
    ...named,
    ...(shows(everyNotifyChannel) ? notifyChannels.map(sectionOf) : []),
    ...(shows(everyEngine) ? engines.flatMap(({ key }) => [`watches.NAME.${key}`, `port_NAME.${key}`]) : []),
  ];
}

/** The name of a section in a page. */
export function nameOf({ path }: ConfigurationSection): string {
  return path === "" ? "the top" : path;
}

const everyEngine = "engines";
const everyNotifyChannel = "channels";

/** As `configurationSections` names it. */
function sectionOf({ path, hasEntries }: ChannelDefinition): string {
  return [...path, ...(hasEntries ? ["NAME"] : [])].join(".");
}

function generated(what: string, sources: ReferenceSources): string {
  const { sections, programs } = sources;
  if (what === everyNotifyChannel) return notifyChannels.map((channel) => channelPart(channel, sources)).join("\n\n");
  if (what === "commands") return programs.flatMap(allCommands).map(commandPart).join("\n\n");
  if (what === "checks") return checkParts(row);
  if (what === "exposure catalogue") return catalogueTable(row);
  if (what === "web routes") return routeTable(row);
  if (what === "imports") return sources.imports;
  if (what === everyEngine) return engineParts(sources);
  if (what === "variables of portwatcher") return variableTables();
  if (what === "kinds of discovery") return kindTable();
  if (what === "finding types") return typeTable();
  if (what.startsWith("json of ")) return fieldTable(what.slice("json of ".length));
  const match = /^keys of (the top|\S+)(?: (without those of|shared with) (\S+))?$/.exec(what);
  const [, name = "", relation, otherName] = match ?? [];
  const keysOf = (wanted: string) => {
    const found = sections.find((section) => nameOf(section) === wanted);
    if (found === undefined) throw new Error(`generated: ${what}: the configuration has no section ${wanted}`);
    return found.keys;
  };
  const keys = keysOf(name);
  if (relation === undefined || otherName === undefined) return keyTable(keys);
  const others = new Set(keysOf(otherName).map((key) => key.name));
  return keyTable(keys.filter((key) => others.has(key.name) === (relation === "shared with")));
}

function channelPart(channel: ChannelDefinition, sources: ReferenceSources): string {
  const section = sources.sections.find((known) => nameOf(known) === sectionOf(channel));
  return [
    `### \`${channel.path.join(".")}\``,
    "",
    channel.schema.meta()?.description ?? "",
    "",
    "```yaml",
    "notify:",
    `  ${channel.sample}`,
    "```",
    "",
    keyTable(section?.keys ?? []),
  ].join("\n");
}

/** All engines, and the keys of those that have a section. */
function engineParts({ sections }: ReferenceSources): string {
  const rows = engines.map(({ key, title, sample }) => row([`\`${key}\``, title, `\`${sample}\``]));
  const table = [row(["key", "scans with", "example"]), "|---|---|---|", ...rows].join("\n");
  const parts = engines.flatMap(({ key }) => {
    const section = sections.find((known) => nameOf(known) === `watches.NAME.${key}`);
    return section === undefined ? [] : [`### \`${key}\``, section.description, keyTable(section.keys)];
  });
  return [table, ...parts].join("\n\n");
}

function keyTable(keys: readonly ConfigurationKey[]): string {
  const rows = keys.map((key) => {
    const { name, type, description, standard } = key;
    // A default that is not a constant is described in words.
    const match = standard === undefined ? /^(.*) Default: (.*)\.$/.exec(description) : null;
    return row([`\`${name}\``, type, match?.[2] ?? standardOf(key), match?.[1] ?? description]);
  });
  return [row(["key", "type", "default", "meaning"]), "|---|---|---|---|", ...rows].join("\n");
}

function standardOf({ required, standard, otherwise }: ConfigurationKey): string {
  const names = otherwise.map((name) => `\`${name}\``);
  if (standard !== undefined) return [empties.get(standard) ?? `\`${standard}\``, ...names].join("; ");
  return [required ? "required" : "none", ...names].join("; ");
}

const empties: ReadonlyMap<string, string> = new Map([
  ["[]", "empty"],
  ["{}", "empty"],
  ["", "empty"],
]);

function variableTables(): string {
  return variableGroups
    .map(({ title, variables }) => {
      const rows = variables.map(({ name, standard, details }) =>
        row([`\`${name}\``, standard === "" ? "" : `\`${standard}\``, details]),
      );
      return [`## ${title}`, "", row(["variable", "default", "meaning"]), "|---|---|---|", ...rows].join("\n");
    })
    .join("\n\n");
}

function commandPart(command: DescribedCommand): string {
  const level = "#".repeat(Math.min(command.path.length + 1, 4));
  const options = command.options.map(({ flags, description }) => row([`\`${flags}\``, sentence(description)]));
  const words = command.arguments.map(({ placeholder, description }) =>
    row([`\`${placeholder}\``, sentence(description)]),
  );
  return [
    `${level} ${command.path.join(" ")}`,
    "",
    sentence(escaped(command.description)),
    "",
    `\`${command.path.join(" ")} ${command.usage}\``,
    "",
    row(["argument or option", "meaning"]),
    "|---|---|",
    ...words,
    ...options,
    ...(command.after === "" ? [] : ["", "```text", command.after, "```"]),
  ].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => escaped(cell.replaceAll("\n", " ").replaceAll("|", "\\|"))).join(" | ")} |`;
}

/** A placeholder such as `<address>` outside of code would be read as HTML. */
function escaped(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll("<", "&lt;").replaceAll("*", "\\*")))
    .join("");
}
