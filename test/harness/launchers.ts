import path from "node:path";

/**
 * Where tests find the programs: `npm test` bundles the sources first (scripts/tests/bundle-programs.ts), which halves the processor time of
 * a start. A test file that runs alone starts the sources, and so does `HARBINGER_TEST_PROGRAMS=$PWD/bin npm test`.
 */
const folder = process.env["HARBINGER_TEST_PROGRAMS"] ?? path.join(import.meta.dirname, "..", "..", "bin");

/** The file that Node runs to start a program. */
export function launcherOf(program: "harbinger" | "portwatcher"): string {
  return path.join(folder, `${program}.js`);
}
