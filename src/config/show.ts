import { stringify } from "yaml";
import type { Config } from "./config.ts";

/** The effective configuration in the form of a file that can be loaded: with defaults, secrets masked. */
export function showConfig(config: Config): string {
  const origin = config.source === undefined ? "the built-in default; there is no configuration file" : config.source;
  const head = `# Effective configuration of ${JSON.stringify(origin)}. Secrets are shown as ********.\n`;
  // Quotes text that YAML 1.1 reads as another type, so that all parsers read the same.
  return head + stringify(config.shown, { version: "1.1", lineWidth: 110, aliasDuplicateObjects: false });
}
