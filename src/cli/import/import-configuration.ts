import { HarbingerError } from "../../core/errors.ts";
import { safeText } from "../../core/safe-text.ts";
import type { ImportFile } from "../../import/import-file.ts";
import type { CommonOptions } from "../common-options.ts";
import { note, print } from "../output.ts";
import type { ImportCommandOptions } from "./import-command-options.ts";

export interface ConfigurationInput {
  readonly file: ImportFile;
  readonly format: "harbinger-yaml" | "portwatcher-env";
}

export interface ConfigurationContext {
  readonly options: ImportCommandOptions;
  readonly common: CommonOptions;
}

/**
 * Explains a configuration of the earlier tools, and with `--output` writes it in the current form.
 * @throws HarbingerError `usage` for more than one file with `--output`
 */
export async function importConfiguration(
  inputs: readonly ConfigurationInput[],
  { options, common }: ConfigurationContext,
): Promise<void> {
  if (options.output !== undefined && inputs.length > 1) {
    throw new HarbingerError("usage", "--output converts one configuration at a time");
  }
  for (const { file, format } of inputs) {
    const converted =
      format === "harbinger-yaml"
        ? (await import("./explain-yaml.ts")).explainYaml(file)
        : (await import("./explain-environment.ts")).explainEnvironment(file);
    if (common.quiet !== true)
      for (const line of converted.lines)
        (options.output === "-" ? note : print)(safeText(line, { multiline: true, limit: 10_000 }));
    if (options.output === undefined || converted.text === undefined) continue;
    if (options.output === "-") print(converted.text);
    else if (options.dryRun !== true) await writeNew(options.output, converted.text);
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const { writeNewFile } = await import("../../platform/private-files.ts");
  try {
    writeNewFile(path, text);
  } catch (error) {
    const { messageOf, systemCode } = await import("../../core/errors.ts");
    const exists = systemCode(error) === "EEXIST";
    throw new HarbingerError(
      exists ? "usage" : "permission",
      exists ? `${path} already exists` : `cannot write ${path}: ${messageOf(error)}`,
      { remedy: "Name a new file, or use - for standard output.", cause: error },
    );
  }
  note(`Wrote ${path}. Check it with: harbinger config check --config ${path}`);
}
