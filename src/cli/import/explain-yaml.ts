import { isDeepStrictEqual } from "node:util";
import { convertPortSections } from "../../compat/convert-port-sections.ts";
import { loadConfig, loadText } from "../../config/load.ts";
import { formatProblem } from "../../config/problems.ts";
import { readBytes, readText } from "../../config/read-file.ts";
import { checkNames } from "../../core/check.ts";
import { HarbingerError } from "../../core/errors.ts";
import { formatPorts } from "../../core/ports.ts";
import type { Watch } from "../../core/watch.ts";
import type { ImportFile } from "../../import/import-file.ts";
import { engineOf } from "../../outbound/scan/engines.ts";

/** An explanation of a configuration, and its text in the current form if the file has an older form. */
export interface Explained {
  readonly lines: readonly string[];
  readonly text?: string;
}

/** @throws HarbingerError `config` with all errors */
export function explainYaml({ path }: ImportFile): Explained {
  const options = { file: path, explicit: true, environment: process.env, checkNames };
  const outcome = loadConfig(options);
  if (outcome.kind === "invalid") {
    throw new HarbingerError("config", `${path} cannot be used:\n${outcome.problems.map(formatProblem).join("\n")}`);
  }
  const { watches, listeners } = outcome.config;
  const lines = [
    `${path}: a Harbinger configuration; it works unchanged: harbinger run --config ${path}`,
    ...outcome.warnings.map((warning) => `Warning: ${formatProblem(warning)}`),
    ...watches.map(describe),
    ...(listeners.length === 0 ? [] : [`listeners: ${listeners.map(({ name }) => name).join(", ")}`]),
  ];
  const read = readText(path, readBytes);
  if (read.kind !== "text") return { lines };
  const converted = convertPortSections(read.text);
  if (converted.kind === "none") return { lines: [...lines, `Nothing to convert: ${converted.reason}.`] };
  const after = loadText(converted.text, path, options);
  if (after.kind === "invalid" || !isDeepStrictEqual(after.config.watches.map(meaning), watches.map(meaning))) {
    return {
      lines: [...lines, "It cannot be converted automatically: aliases would change their meaning. Use it unchanged."],
    };
  }
  const moved = `${converted.moved.length} port_* sections become entries of watches under the same names, so their history is kept.`;
  return {
    lines: [...lines, moved, "Their reports change to the current layout."],
    text: converted.text,
  };
}

/** Without the report layout, which differs for `port_*` sections. */
function meaning({ reportStyle: _layout, ...watch }: Watch) {
  return watch;
}

function describe({ name, ports, scan, label, recipients }: Watch): string {
  const how = engineOf(scan)?.title ?? "no scan engine";
  const readers = recipients.length === 0 ? "a file only" : recipients.join(", ");
  return `  ${name}: port ${formatPorts(ports)}, ${how}; reports of ${JSON.stringify(label)} to ${readers}`;
}
