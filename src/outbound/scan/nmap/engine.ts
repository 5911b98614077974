import type { Diagnosis } from "../../../core/diagnosis.ts";
import { findProgram } from "../../../platform/programs.ts";
import { commandLine } from "../../command-line.ts";
import type { EngineDefinition } from "../engine-definition.ts";
import type { NmapPlan } from "./nmap-plan.ts";

/** nmap, by a command line from the configuration. */
export const nmapEngine: EngineDefinition<NmapPlan, string> = {
  name: "nmap",
  title: "nmap",
  key: "nmap_scan",
  schema: commandLine.meta({ description: "A command line of nmap; `{port}` becomes the port." }),
  sample: 'nmap_scan: "sudo nmap -sS -p {port} --open 192.168.1.0/24"',
  placeholders: ["port"],
  timeoutMs: 60 * 60_000,
  isExternal: true,
  plan: (line, { timeoutMs }) => ({ engine: "nmap", commandLine: line, timeoutMs }),
  *diagnose(uses): Generator<Diagnosis> {
    const nmap = findProgram("nmap");
    if (nmap !== undefined) yield { state: "ok", subject: "nmap", finding: nmap };
    else
      yield {
        state: "warning",
        subject: "nmap",
        finding: `not installed; ${uses.length} watches use it`,
        remedy:
          "The built-in scanner replaces it if it supports the arguments; otherwise the scan fails. Install nmap.",
      };
  },
  async create({ anyEngine }) {
    const { NmapEngine } = await import("./nmap-engine.ts");
    return new NmapEngine({ fallback: anyEngine });
  },
};
