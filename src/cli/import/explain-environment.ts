import { readFileSync } from "node:fs";
import { portwatcherYaml } from "../../compat/portwatcher/yaml.ts";
import { readPortwatcherEnvironment } from "../../config/portwatcher-environment.ts";
import { readBytes, readText } from "../../config/read-file.ts";
import { parseEnvFile } from "../../core/env-file.ts";
import { HarbingerError } from "../../core/errors.ts";
import type { ImportFile } from "../../import/import-file.ts";
import type { Explained } from "./explain-yaml.ts";

/** @throws HarbingerError `config` with all errors */
export function explainEnvironment({ path }: ImportFile): Explained {
  const read = readText(path, readBytes);
  if (read.kind !== "text") {
    throw new HarbingerError("config", `${path} ${read.kind === "bad" ? read.reason : "no longer exists"}`);
  }
  const { variables, quoted, problems } = parseEnvFile(read.text, (name) => process.env[name]);
  const own = Object.fromEntries([...variables].filter(([name]) => name.startsWith("PW_")));
  const outcome = readPortwatcherEnvironment(own, { readFile: (file) => readFileSync(file), literal: quoted });
  const wrong = [...problems, ...(outcome.kind === "invalid" ? outcome.problems : [])];
  if (outcome.kind === "invalid" || wrong.length > 0) {
    throw new HarbingerError("config", `${path} cannot be used:\n${wrong.join("\n")}`);
  }
  const { settings, warnings } = outcome;
  const { text, notes } = portwatcherYaml(settings, { passwordFile: own["PW_SMTP_PASS_FILE"]?.trim() || undefined });
  const alerts = [
    ...(settings.mail === undefined ? [] : [`mail to ${settings.mail.recipients.join(", ")}`]),
    ...(settings.push === undefined ? [] : ["push by ntfy"]),
  ];
  return {
    lines: [
      `${path}: a portwatcher environment; it works unchanged: portwatcher --env-file ${path}`,
      `  listens on port ${settings.listener.ports.join(", ")}; ${alerts.length === 0 ? "no alerts are sent" : alerts.join(", ")}`,
      ...warnings.map((warning) => `Warning: ${warning}`),
      ...notes,
    ],
    text,
  };
}
