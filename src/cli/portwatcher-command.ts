import { Argument, Command, Option } from "commander";
import { variableGroups } from "../compat/portwatcher/variables.ts";
import { programVersion } from "../platform/program-version.ts";
import { examples } from "./common-options.ts";

/** The command line of `portwatcher`. */
export function portwatcherCommand(): Command {
  return new Command("portwatcher")
    .description(
      "Listens on a decoy TCP port and sends alerts by mail and ntfy: who connected, from where and what was sent. Configured by environment variables.",
    )
    .addArgument(
      new Argument(
        "[command]",
        "healthcheck: check the running portwatcher: exit status 0 if healthy, 1 if not",
      ).choices(["healthcheck"]),
    )
    .addOption(
      new Option(
        "--env-file <file>",
        "file of NAME=value lines as in Docker Compose; the environment takes precedence; repeatable",
      ).argParser((file: string, former: readonly string[] = []) => [...former, file]),
    )
    .version(programVersion(), "-V, --version")
    .configureHelp({ minWidthToWrap: 24 })
    .addHelpText(
      "after",
      `
Environment variables, with the default in brackets, which is used if the variable is not set or blank:

${variablesText()}
Off is 0, false, no or off. A # at the start of a value or after a blank begins a comment.
${examples(
  "PW_NTFY_TOPIC=my-topic portwatcher",
  "portwatcher --env-file .env",
  "PW_PORT=2222 PW_LOG_LEVEL=DEBUG portwatcher",
  "portwatcher healthcheck --env-file .env",
)}`,
    );
}

function variablesText(): string {
  return variableGroups
    .map(({ title, variables }) => {
      const lines = variables.map(
        ({ name, standard, about }) => `  ${name.padEnd(26)}${about}${standard === "" ? "" : ` [${standard}]`}`,
      );
      return `${title}:\n${lines.join("\n")}\n`;
    })
    .join("\n");
}
