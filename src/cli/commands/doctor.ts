import { Command } from "commander";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { setExitStatus } from "../exit.ts";
import { note, printJson, printText } from "../output.ts";

export function doctorCommand(): Command {
  return withCommonOptions(new Command("doctor"))
    .description("check the requirements of a run: configuration, database, permissions, programs, mail server, pages")
    .option("--full", "check the whole database including indices; this can take long")
    .addHelpText(
      "after",
      examples(
        "harbinger doctor",
        "harbinger doctor --full",
        "harbinger doctor --config /etc/harbinger/harbinger.yaml --json",
      ),
    )
    .action(async (options: { full?: boolean }, command: Command) => {
      const common = commonOptions(command);
      const { requireConfig } = await import("../open.ts");
      const { examine } = await import("../../daemon/doctor.ts");
      let bad = 0;
      for await (const diagnosis of examine(requireConfig(common), {
        depth: options.full === true ? "full" : "quick",
      })) {
        if (diagnosis.state === "bad") bad += 1;
        if (common.json === true) printJson(diagnosis);
        else {
          printText(`${diagnosis.state.padEnd(8)} ${diagnosis.subject}: ${diagnosis.finding}`, 9);
          if (diagnosis.remedy !== undefined) printText(`         ${diagnosis.remedy}`, 0);
        }
      }
      if (bad > 0) setExitStatus(1);
      else if (common.json !== true) note("Everything that a run needs is available.");
    });
}
