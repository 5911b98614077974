import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * Fails where a parser in src/wire/ has no property test: a folder with `client.ts` or `parse.ts` needs a test that
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
  const parsers = ["client.ts", "parse.ts"].filter((name) => existsSync(path.join(wire, folder, name)));
  // What servers answer is tested for all protocols together, in greeting/parse.test.ts.
  if (parsers.length === 0) {
    return existsSync(path.join(wire, folder, "server.ts"))
      ? []
      : [`src/wire/${folder}: no client.ts, server.ts or parse.ts`];
  }
  const tests = readdirSync(path.join(wire, folder)).filter((name) => name.endsWith(".test.ts"));
  const isTested = tests.some((name) => {
    const test = read(path.join(wire, folder, name));
    return usesFastCheck(test) || usesSharedProperties(test);
  });
  return isTested ? [] : [`src/wire/${folder}: no property test (fast-check, or parserProperties)`];
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
