import { globSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "..", "..");
const unitTests = "src/**/*.test.ts";

/**
 * Tests that run one after the other in one process, by the name of the file in `test/together/` that runs them: starting a process and loading
 * the same modules costs more than most of these tests. A test that changes state of the process (a variable of
 * the environment, the working directory, the exit status) restores it.
 */
const patterns = {
  pure: "src/{core,wire,present}/**/*.test.ts",
  config: "src/config/**/*.test.ts",
  inbound: "src/inbound/**/*.test.ts",
  notify: "src/notify/**/*.test.ts",
  outbound: "src/outbound/**/*.test.ts",
};

type GroupName = keyof typeof patterns | "others";

/** Paths from the project's folder, sorted. */
function testsOf(group: GroupName): readonly string[] {
  if (group !== "others") return filesOf(patterns[group]);
  const elsewhere = new Set(Object.values(patterns).flatMap(filesOf));
  return filesOf(unitTests).filter((file) => !elsewhere.has(file));
}

/** Registers the tests of a group in this process. */
export async function runTogether(group: GroupName): Promise<void> {
  for (const file of testsOf(group)) await import(path.join(root, file));
}

function filesOf(pattern: string): readonly string[] {
  return globSync(pattern, { cwd: root })
    .map((file) => file.split(path.sep).join("/"))
    .sort();
}
