import { stringify } from "yaml";
import type { Config } from "./config.ts";

/** The effective configuration as a file that loads again, defaults filled in and secrets masked. */
export function showConfig(config: Config): string {
  const origin = config.source === undefined ? "the built-in default; there is no configuration file" : config.source;
  const head = `# Effective configuration of ${JSON.stringify(origin)}. Secrets are shown as ********.\n`;
  // Quotes where YAML 1.1 would read something else than text, so that every reader agrees.
  return head + stringify(config.shown, { version: "1.1", lineWidth: 110, aliasDuplicateObjects: false });
}
