import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { Command } from "commander";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { setExitStatus } from "../exit.ts";
import { note, print, printJson } from "../output.ts";

/** A mail server may be slow, but the user waits for the result. */
const testLimitMs = 60_000;

export function notifyCommand(): Command {
  return new Command("notify").description("manage notification channels").addCommand(testCommand());
}

function testCommand(): Command {
  return withCommonOptions(new Command("test"))
    .description("send a test message through every channel and explain failures")
    .option("--to <address...>", "send mail to these addresses instead of the configured recipients")
    .addHelpText("after", examples("harbinger notify test", "harbinger notify test --to me@example.org"))
    .action(async (options: { to?: string[] }, command: Command) => {
      const common = commonOptions(command);
      const { requireConfig } = await import("../open.ts");
      const { configuredChannels, testTargets } = await import("../../daemon/channels.ts");
      const { testChannels, testMessage } = await import("../../notify/test-channels.ts");
      const { configuredAudiences } = await import("../../daemon/outbound-stages.ts");
      const { systemClock } = await import("../../platform/system-clock.ts");
      const config = requireConfig(common);
      const targets = testTargets(config, configuredAudiences(config), options.to);
      if (targets.length === 0) {
        note(
          "No channel is configured: add an email address to a watch, add notify.ntfy, or set reports.save_to_file: true.",
        );
        setExitStatus(1);
        return;
      }
      const results = await testChannels(
        configuredChannels(config, systemClock),
        testMessage({ at: Date.now(), host: hostname(), id: randomUUID() }),
        { targets, signal: AbortSignal.timeout(testLimitMs) },
      );
      for (const { channel, recipient, outcome } of results) {
        const where = recipient === "" ? channel : `${channel} ${recipient}`;
        if (common.json === true) printJson({ channel, recipient, ...outcome });
        else if (outcome.kind === "delivered")
          print(`ok      ${where}${outcome.detail === undefined ? "" : `: ${outcome.detail}`}`);
        else print(`failed  ${where}: ${outcome.reason}`);
        if (outcome.kind !== "delivered") setExitStatus(1);
      }
    });
}
