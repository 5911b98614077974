import { parseEnv } from "node:util";
import { maxReadBytes } from "../config/read-file.ts";
import { parseEnvFile } from "../core/env-file.ts";
import { HarbingerError, messageOf } from "../core/errors.ts";
import { decodeSecret } from "../core/secret-text.ts";
import { readStart } from "../platform/read-file-now.ts";

type Environment = Record<string, string | undefined>;

/**
 * Adds the variables of files. Existing environment variables take precedence, then those of later files.
 * @param environment changed in place
 * @returns names of variables whose values are quoted
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
 * `node --env-file=FILE` ends a value at any `#`. Variables that still have the value that Node read get the value that
 * Docker Compose and the earlier tool would read.
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
      // Node ignored a missing file too (--env-file-if-exists).
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
    bytes = readStart(file, maxReadBytes);
  } catch (error) {
    throw new HarbingerError("usage", `cannot read the file of --env-file: ${messageOf(error)}`, { cause: error });
  }
  const decoded = decodeSecret(bytes);
  if (decoded.kind === "bad") throw new HarbingerError("usage", `${file} ${decoded.reason}`);
  return decoded.text;
}
