import { stringify } from "yaml";
import type { Config } from "./config.ts";

/** The effective configuration as a file that loads again: with defaults, secrets masked. */
export function showConfig(config: Config): string {
  const origin = config.source === undefined ? "the built-in default; there is no configuration file" : config.source;
  const head = `# Effective configuration of ${JSON.stringify(origin)}. Secrets are shown as ********.\n`;
  // Quotes text that YAML 1.1 would read as another type, so that all parsers agree.
  return head + stringify(config.shown, { version: "1.1", lineWidth: 110, aliasDuplicateObjects: false });
}
