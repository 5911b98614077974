import { Command } from "commander";
import { plural } from "../../present/text/plural.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { setExitStatus } from "../exit.ts";
import { note, print, printJson } from "../output.ts";
import { configInitCommand } from "./config-init.ts";

export function configCommand(): Command {
  return new Command("config")
    .description("validate, create, describe or show the configuration")
    .addCommand(checkCommand())
    .addCommand(configInitCommand())
    .addCommand(schemaCommand())
    .addCommand(showCommand());
}

function checkCommand(): Command {
  return withCommonOptions(new Command("check"))
    .description("validate the configuration: every error with file, line and column")
    .addHelpText(
      "after",
      examples("harbinger config check", "harbinger config check --config /etc/harbinger/harbinger.yaml"),
    )
    .action(async (_options: unknown, command: Command) => {
      const common = commonOptions(command);
      const { readConfig } = await import("../open.ts");
      const { formatProblem } = await import("../../config/problems.ts");
      const outcome = readConfig(common);
      const problems = outcome.kind === "invalid" ? outcome.problems : [];
      if (common.json === true) {
        for (const problem of problems) printJson({ severity: "error", ...problem });
        for (const warning of outcome.warnings) printJson({ severity: "warning", ...warning });
      } else {
        for (const problem of problems) note(formatProblem(problem));
        for (const warning of outcome.warnings) note(`Warning: ${formatProblem(warning)}`);
      }
      if (outcome.kind === "invalid") setExitStatus(2);
      else if (common.json !== true) {
        const { source, watches, listeners } = outcome.config;
        const counts = [
          plural(watches.length, "watch", "watches"),
          ...(listeners.length === 0 ? [] : [plural(listeners.length, "listener")]),
        ];
        print(`${source ?? "The built-in default"} is valid: ${counts.join(", ")}.`);
      }
    });
}

function schemaCommand(): Command {
  return withCommonOptions(new Command("schema"))
    .description("print the JSON Schema of the configuration, for completion and validation in editors")
    .addHelpText(
      "after",
      `${examples("harbinger config schema > harbinger.schema.json")}
Then, as the first line of harbinger.yaml:
  # yaml-language-server: $schema=harbinger.schema.json
`,
    )
    .action(async () => {
      const { configJsonSchema } = await import("../../config/json-schema.ts");
      print(JSON.stringify(configJsonSchema(), undefined, 2));
    });
}

function showCommand(): Command {
  return withCommonOptions(new Command("show"))
    .description("print the effective configuration: defaults filled in, secrets masked")
    .addHelpText("after", examples("harbinger config show", "harbinger config show --json | jq .watches"))
    .action(async (_options: unknown, command: Command) => {
      const common = commonOptions(command);
      const { requireConfig } = await import("../open.ts");
      const config = requireConfig(common);
      if (common.json === true) return printJson(config.shown);
      const { showConfig } = await import("../../config/show.ts");
      print(showConfig(config));
    });
}
