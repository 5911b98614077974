import { chooseAgain, loadOptions } from "../config/choose-file.ts";
import type { Config } from "../config/config.ts";
import type { LoadOutcome } from "../config/load.ts";
import { loadConfigWithoutWaiting } from "../config/load-without-waiting.ts";
import { maxReadBytes } from "../config/read-file.ts";
import { checkNames } from "../core/check.ts";
import { readFileNow } from "../platform/read-file-now.ts";
import type { CommonOptions } from "./common-options.ts";

/**
 * Reads the configuration for a reload. A file that existed must still exist: the built-in default, which is used if there was no
 * file, would watch other targets.
 * @param running the active configuration
 * @param definesWork whether a configuration defines a watch or a listener
 */
export async function readAgain(
  common: CommonOptions,
  running: Config,
  definesWork: (config: Config) => boolean,
): Promise<LoadOutcome> {
  const outcome = await loadConfigWithoutWaiting(
    {
      ...loadOptions(chooseAgain(running.source, { option: common.config, environment: process.env })),
      environment: process.env,
      checkNames,
    },
    (file) => readFileNow(file, maxReadBytes),
  );
  if (outcome.kind === "invalid" || definesWork(outcome.config)) return outcome;
  const source = outcome.config.source ?? "(built-in)";
  return { ...outcome, kind: "invalid", problems: [{ source, path: "", message: "defines no watches or listeners" }] };
}
