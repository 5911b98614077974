import type { Diagnosis } from "../../../core/diagnosis.ts";
import { findProgram } from "../../../platform/programs.ts";
import { commandLine } from "../../command-line.ts";
import type { EngineDefinition } from "../engine-definition.ts";
import type { CommandPlan } from "./command-engine.ts";

/** Any program that prints addresses. */
export const commandEngine: EngineDefinition<CommandPlan, string> = {
  name: "command",
  title: "command",
  key: "command",
  schema: commandLine.meta({
    description: "A command for the system's shell that prints the addresses it found; `{port}` becomes the port.",
  }),
  sample: 'command: "/usr/local/bin/list-hosts --open {port}"',
  placeholders: ["port"],
  timeoutMs: 5 * 60_000,
  isExternal: true,
  plan: (line, { timeoutMs }) => ({ engine: "command", commandLine: line, timeoutMs }),
  *diagnose(uses): Generator<Diagnosis> {
    for (const { watch, plan } of uses) {
      const program = /^\s*([A-Za-z0-9_./\\:-]+)(?=\s|$)/.exec(plan.commandLine)?.[1];
      if (program === undefined || findProgram(program) !== undefined) continue;
      yield {
        state: "warning",
        subject: watch,
        finding: `program ${program} not found on the search path`,
        remedy: "The scan fails unless it is a shell built-in. Give the full path.",
      };
    }
  },
  async create() {
    const { CommandEngine } = await import("./command-engine.ts");
    return new CommandEngine();
  },
};
