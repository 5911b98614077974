import { spawnSync } from "node:child_process";
import path from "node:path";
import { findProgram } from "../../../src/platform/programs.ts";

/** podman or docker, whose commands are the same for our use. */
export class ContainerEngine {
  readonly program: string;
  /** Such an engine may need options to build on this machine. */
  readonly isPodman: boolean;

  constructor(program: string) {
    this.program = program;
    this.isPodman = path.basename(program).startsWith("podman");
  }

  /** The one in CONTAINER_ENGINE, else an installed one; `undefined` if there is none. */
  static find(environment: Readonly<Record<string, string | undefined>>): ContainerEngine | undefined {
    const wanted = environment["CONTAINER_ENGINE"];
    for (const name of wanted === undefined ? ["podman", "docker"] : [wanted]) {
      const program = findProgram(name);
      if (program !== undefined) return new ContainerEngine(program);
    }
    return undefined;
  }

  get name(): string {
    return path.basename(this.program);
  }

  /** Whether a command succeeds; its output is ignored. */
  succeeds(args: readonly string[]): boolean {
    return spawnSync(this.program, args, { stdio: "ignore" }).status === 0;
  }

  /** The output of a command. Throws if it fails. */
  output(args: readonly string[]): string {
    const { status, stdout, stderr, error } = spawnSync(this.program, args, { encoding: "utf8" });
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(`${this.name} ${args[0]}: ${stderr.trim()}`);
    return stdout.trim();
  }

  /** Runs a command and shows its progress. Returns its exit status. */
  show(args: readonly string[], environment: Readonly<Record<string, string>> = {}): number | null {
    const { status, error } = spawnSync(this.program, args, {
      // Standard output is only for the result.
      stdio: ["ignore", 2, 2],
      env: { ...process.env, ...environment },
    });
    if (error !== undefined) throw error;
    return status;
  }

  /** As `show`; throws if the command fails. */
  run(args: readonly string[]): void {
    const status = this.show(args);
    if (status !== 0) throw new Error(`${this.name} ${args[0]}: exit status ${status}`);
  }
}
