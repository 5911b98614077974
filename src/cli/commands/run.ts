import { Command } from "commander";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";

export function runCommand(): Command {
  return withCommonOptions(new Command("run"))
    .description("run everything in the configuration until Ctrl-C; without a configuration, watch this machine")
    .addHelpText(
      "after",
      `
Watches without a schedule run each day at standalone.report_time, those with one at its times; a watch that never ran
begins at once. What is found is stored, reported and delivered.
${examples("harbinger run", "harbinger run --config /etc/harbinger/harbinger.yaml", "HARBINGER_EMAIL_PASSWORD=... harbinger run --verbose")}`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { runMode } = await import("../run-mode.ts");
      await runMode("run", commonOptions(command));
    });
}
