import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "./project.ts";

/**
 * What a release consists of, in the order in which it is made. Each is made by `npm run package:NAME -- --to FOLDER`; only names
 * that package.json has count.
 */
const names = ["tarball", "executable", "deb", "image", "sbom", "notices"] as const;

export type Part = (typeof names)[number];

/** The parts that this checkout can make. */
export function knownParts(): readonly Part[] {
  const text = readFileSync(path.join(projectRoot, "package.json"), "utf8");
  const { scripts } = JSON.parse(text) as { readonly scripts: Readonly<Record<string, string>> };
  return names.filter((name) => scripts[`package:${name}`] !== undefined);
}

export interface PartOptions {
  readonly to: string;
  /** Default: this checkout. */
  readonly root?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Words before the command line, for example a program that sets another clock. */
  readonly under?: readonly string[];
}

/** @throws Error with the script's output, if it fails */
export async function makePart(part: Part, { to, root, environment, under = [] }: PartOptions): Promise<void> {
  const [file = "npm", ...words] = [...under, "npm", "run", "--silent", `package:${part}`, "--", "--to", to];
  await promisify(execFile)(file, words, {
    cwd: root ?? projectRoot,
    env: { ...process.env, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  });
}
