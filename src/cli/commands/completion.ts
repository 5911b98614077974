import { Argument, Command, Option } from "commander";
import { examples } from "../common-options.ts";
import { describeCommand } from "../completion/described-command.ts";

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

/** @param program returns the root command; called after every command is registered */
export function completionCommand(program: () => Command): Command {
  return new Command("completion")
    .description("print a shell completion script for commands, options and values")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .addOption(
      new Option("--program <name>", "the program to complete")
        .choices(["harbinger", "portwatcher"])
        .default("harbinger"),
    )
    .addHelpText(
      "after",
      `
To install it for yourself, then open a new shell:
  bash  mkdir -p ~/.local/share/bash-completion/completions
        harbinger completion bash > ~/.local/share/bash-completion/completions/harbinger
        (needs the package bash-completion; without it: add the line
        source <(harbinger completion bash)
        to ~/.bashrc)
  zsh   harbinger completion zsh > DIRECTORY/_harbinger
        where DIRECTORY is in fpath, and compinit is called in ~/.zshrc
  fish  mkdir -p ~/.config/fish/completions
        harbinger completion fish > ~/.config/fish/completions/harbinger.fish
${examples("harbinger completion bash", "harbinger completion zsh --program portwatcher")}`,
    )
    .action(async (shell: Shell, options: { readonly program: string }) => {
      const { print } = await import("../output.ts");
      const chosen =
        options.program === "harbinger" ? program() : (await import("../portwatcher-command.ts")).portwatcherCommand();
      print(await completionScript(shell, chosen));
    });
}

/** The script with which `shell` completes the words after `program`. */
export async function completionScript(shell: Shell, program: Command): Promise<string> {
  const described = await describeCommand(program);
  switch (shell) {
    case "bash":
      return (await import("../completion/bash.ts")).bashCompletion(described);
    case "zsh":
      return (await import("../completion/zsh.ts")).zshCompletion(described);
    case "fish":
      return (await import("../completion/fish.ts")).fishCompletion(described);
  }
}
