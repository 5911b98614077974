/**
 * `npm run coverage`: how much of `src/core/` and `src/wire/` their own tests cover. There is no threshold: the figures are for people to read,
 * with the files that have the most uncovered lines.
 */
import path from "node:path";
import { run } from "node:test";
import { projectRoot } from "./package/project.ts";

const listed = 10;

const events = run({
  files: [path.join(projectRoot, "test/together/pure.ts")],
  coverage: true,
  coverageIncludeGlobs: ["src/core/**/*.ts", "src/wire/**/*.ts"],
  coverageExcludeGlobs: ["**/*.test.ts"],
  cwd: projectRoot,
});
events.on("test:fail", ({ name, details }) => {
  process.exitCode = 1;
  process.stdout.write(`failed: ${name}: ${details.error.message}\n`);
});
events.on("test:coverage", ({ summary: { files, totals } }) => {
  const uncovered = files
    .map((file) => ({
      name: path.relative(projectRoot, file.path),
      lines: file.totalLineCount - file.coveredLineCount,
    }))
    .filter(({ lines }) => lines > 0)
    .sort((one, other) => other.lines - one.lines);
  for (const { name, lines } of uncovered.slice(0, listed))
    process.stdout.write(`${String(lines).padStart(5)} lines not covered: ${name}\n`);
  process.stdout.write(
    `Coverage of src/core and src/wire, ${files.length} files: ${totals.coveredLinePercent.toFixed(1)} % of lines, ` +
      `${totals.coveredBranchPercent.toFixed(1)} % of branches\n`,
  );
});
events.resume();
