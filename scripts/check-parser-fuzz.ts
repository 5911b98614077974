import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * Fails where a parser in src/wire/ has no property test: every folder needs `parse.ts`, and a `parse.test.ts` that
 * feeds it bytes made by fast-check, itself or through the properties that all parsers share. Part of `npm run lint`.
 */
const wire = path.join(import.meta.dirname, "..", "src", "wire");
const sharedProperties = path.join(import.meta.dirname, "..", "test", "wire", "parser-properties.ts");

/** Folders that hold no parser: `scanner` compares finished answers with tables. */
const withoutParser = new Set(["scanner"]);

const failures = [
  ...readdirSync(wire, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !withoutParser.has(entry.name))
    .flatMap((entry) => faultsOf(entry.name)),
  ...(usesFastCheck(read(sharedProperties)) ? [] : ["test/wire/parser-properties.ts: no property with fast-check"]),
];

for (const failure of failures) process.stderr.write(`${failure}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

function faultsOf(folder: string): readonly string[] {
  const missing = ["parse.ts", "parse.test.ts"].filter((name) => !existsSync(path.join(wire, folder, name)));
  if (missing.length > 0) return missing.map((name) => `src/wire/${folder}: no ${name}`);
  const test = read(path.join(wire, folder, "parse.test.ts"));
  if (!/from "\.\/parse\.ts"/.test(test)) return [`src/wire/${folder}/parse.test.ts: does not import ./parse.ts`];
  return usesFastCheck(test) || usesSharedProperties(test)
    ? []
    : [`src/wire/${folder}/parse.test.ts: no property test (fast-check, or parserProperties)`];
}

function usesFastCheck(source: string): boolean {
  return /from "fast-check"/.test(source) && /fc\s*\.assert\(/.test(source) && /fc\s*\.property\(/.test(source);
}

function usesSharedProperties(source: string): boolean {
  return /from "[./]*\/test\/wire\/parser-properties\.ts"/.test(source) && /^\s*parserProperties\(/m.test(source);
}

/** Without comments: a property that is only spoken of is none. */
function read(file: string): string {
  return readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}
