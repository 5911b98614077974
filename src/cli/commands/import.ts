import { Command, Option } from "commander";
import { importFormats } from "../../import/format.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import type { ImportCommandOptions } from "../import/import-command-options.ts";

export function importCommand(): Command {
  return withCommonOptions(new Command("import"))
    .description("import results of other programs: hosts, devices, connections, configurations")
    .argument("<file...>", "files to import; the format is detected from the content")
    .addOption(
      new Option("--format <name>", "format of the files, if it is not detected").choices(
        importFormats.map(({ name }) => name),
      ),
    )
    .option("-w, --watch <name>", "add the hosts to this watch only; default: to each watch that covers them")
    .option("--dry-run", "show what would happen, without changing anything")
    .option(
      "--output <file>",
      "convert a configuration of an earlier tool and write it to this file (- for standard output)",
    )
    .addHelpText(
      "after",
      `\nImported records are history: no message is sent about them, and the next scan does not report them as new. Importing a
file twice changes nothing. harbinger run may keep running during an import.
${examples(
  "harbinger import --dry-run scans/*.xml",
  "harbinger import --watch lan scan.xml masscan.json",
  "harbinger import /srv/old/harbinger.db",
  "harbinger import netalertx/devices.csv",
  "harbinger import harbinger.yaml --output new.yaml",
)}`,
    )
    .action(async (files: string[], options: ImportCommandOptions, command: Command) => {
      const { importFiles } = await import("../import/import-files.ts");
      await importFiles(files, options, commonOptions(command));
    });
}
