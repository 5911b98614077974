import { parseEnv } from "node:util";
import { parseEnvFile } from "../config/env-file.ts";
import { longestReading } from "../config/read-file.ts";
import { decodeSecret } from "../config/secret-text.ts";
import { HarbingerError, messageOf } from "../core/errors.ts";
import { readStart } from "../platform/read-file-now.ts";

type Environment = Record<string, string | undefined>;

/**
 * Adds the variables of files; what the environment holds already counts more, and a later file more than an earlier one.
 * @param environment changed in place
 * @returns variables whose values stand in quotes
 * @throws HarbingerError `usage` for a file that cannot be read or has a wrong line
 */
export function addEnvFiles(files: readonly string[], environment: Environment): ReadonlySet<string> {
  const before = { ...environment };
  const literal = new Set<string>();
  for (const file of files) {
    const { variables, quoted, problems } = parseEnvFile(readEnvFile(file), (name) => environment[name]);
    if (problems.length > 0) throw new HarbingerError("usage", problems.map((text) => `${file}: ${text}`).join("\n"));
    for (const [name, value] of variables) {
      if (before[name] !== undefined) continue;
      environment[name] = value;
      if (quoted.has(name)) literal.add(name);
      else literal.delete(name);
    }
  }
  return literal;
}

/**
 * `node --env-file=FILE` ends a value at any `#`. Variables that have the value which Node read there get the one that
 * Docker Compose and the earlier tool read.
 * @param environment changed in place
 * @param nodeArguments `process.execArgv`
 */
export function correctEnvFiles(nodeArguments: readonly string[], environment: Environment): ReadonlySet<string> {
  const literal = new Set<string>();
  for (const file of envFilesOf(nodeArguments)) {
    let text: string;
    try {
      text = readEnvFile(file);
    } catch {
      // Node had its reason to go on without it.
      continue;
    }
    const byNode = parseEnv(text);
    const { variables, quoted } = parseEnvFile(text, (name) => environment[name]);
    for (const [name, value] of variables) {
      if (byNode[name] === undefined || environment[name] !== byNode[name]) continue;
      environment[name] = value;
      if (quoted.has(name)) literal.add(name);
    }
  }
  return literal;
}

function envFilesOf(nodeArguments: readonly string[]): string[] {
  return nodeArguments.flatMap((argument, at) => {
    const match = /^--env-file(?:-if-exists)?(?:=(.*))?$/s.exec(argument);
    const file = match === null ? undefined : (match[1] ?? nodeArguments[at + 1]);
    return file ?? [];
  });
}

function readEnvFile(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readStart(file, longestReading);
  } catch (error) {
    throw new HarbingerError("usage", `the file of --env-file cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const decoded = decodeSecret(bytes);
  if (decoded.kind === "bad") throw new HarbingerError("usage", `${file} ${decoded.reason}`);
  return decoded.text;
}
