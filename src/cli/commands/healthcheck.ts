import { Command } from "commander";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";

export function healthcheckCommand(): Command {
  return withCommonOptions(new Command("healthcheck"))
    .description(
      "check the running harbinger: decoys accept connections, the database can be written, messages are delivered",
    )
    .addHelpText(
      "after",
      `
Exit status: 0 healthy, 1 unhealthy or not running. Its connections to the decoys are neither recorded nor alerted on.
${examples("harbinger healthcheck", "harbinger healthcheck --config /etc/harbinger/harbinger.yaml --json")}`,
    )
    .action(async (_options: unknown, command: Command) => {
      const common = commonOptions(command);
      const [{ askHealth }, { requireStoreSettings }] = await Promise.all([
        import("../ask-health.ts"),
        import("../open.ts"),
      ]);
      const { location } = requireStoreSettings(common);
      await askHealth(location, { program: "harbinger run", json: common.json === true });
    });
}
