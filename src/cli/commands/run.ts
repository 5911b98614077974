import { Command } from "commander";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";

export function runCommand(): Command {
  return withCommonOptions(new Command("run"))
    .description("run everything in the configuration until Ctrl-C; without a configuration, watch this machine")
    .addHelpText(
      "after",
      `
A watch without a schedule runs daily at standalone.report_time, a watch with a schedule at its times. A watch that never ran
starts at once. Everything found is stored, reported and delivered.
${examples("harbinger run", "harbinger run --config /etc/harbinger/harbinger.yaml", "HARBINGER_EMAIL_PASSWORD=... harbinger run --verbose")}`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { runMode } = await import("../run-mode.ts");
      await runMode("run", commonOptions(command));
    });
}
