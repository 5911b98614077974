import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { type ProgramResult, runProgram } from "../harness/run-program.ts";
import { repository } from "./markdown.ts";

/**
 * A page that explains how to add a module shows the complete module. Its fenced blocks name the file that they belong to:
 * "```ts src/a/new-file.ts" is a new file, "```diff src/a/known-file.ts" changes a known one. A `SampleTree` is a copy of
 * the sources in which these blocks are applied, so that a test can compile, lint and run what the page shows.
 */
export type SampleBlock =
  | { readonly kind: "new-file"; readonly file: string; readonly text: string }
  | { readonly kind: "change"; readonly file: string; readonly diff: string };

/** The blocks of a page, or of one of its sections, that name a file. In the order of the page. */
export function sampleBlocks(markdown: string): readonly SampleBlock[] {
  return [...markdown.matchAll(/^```(\w+) (\S+)\n(.*?)^```$/gms)].map(([, language, file = "", text = ""]) =>
    language === "diff" ? { kind: "change", file, diff: text } : { kind: "new-file", file, text },
  );
}

export interface SampleTreeOptions {
  /** Files and folders to copy besides the sources, such as `test/harness`. Tests in them are copied, too. */
  readonly besides?: readonly string[];
}

const sources = ["src", "bin", "package.json", "tsconfig.json", "biome.json", ".dependency-cruiser.js"];
/** For one tool, on a busy machine. */
const limitMs = hangLimitMs;

/** A copy of the sources, without their tests, in a temporary folder. `node_modules` is a link. */
export class SampleTree implements Disposable {
  readonly folder: string;

  constructor(options: SampleTreeOptions = {}) {
    this.folder = mkdtempSync(path.join(tmpdir(), "harbinger-sample-"));
    for (const file of trackedFiles(sources)) if (!file.endsWith(".test.ts")) this.#copy(file);
    for (const file of trackedFiles(options.besides ?? [])) this.#copy(file);
    symlinkSync(path.join(repository, "node_modules"), path.join(this.folder, "node_modules"));
  }

  /** Applies the blocks of a page. Returns the names of the files that they made or changed. */
  apply(blocks: readonly SampleBlock[]): readonly string[] {
    for (const block of blocks) {
      if (block.kind === "change") this.#write(block.file, changed(this.#read(block.file), block));
      else if (existsSync(this.#place(block.file))) throw new Error(`${block.file} is not new`);
      else this.#write(block.file, block.text);
    }
    return [...new Set(blocks.map(({ file }) => file))];
  }

  /** Runs a program of `node_modules/.bin` in the tree, such as `tsc`. */
  async tool(name: string, args: readonly string[]): Promise<ProgramResult> {
    const program = path.join(this.folder, "node_modules/.bin", name);
    return await runProgram(program, args, { directory: this.folder, limitMs });
  }

  /** Checks types, the style of `files`, and the rules for imports. Returns the output of the tools that find a fault. */
  async problems(files: readonly string[]): Promise<string> {
    const results = [
      await this.tool("tsc", ["--noEmit"]),
      await this.tool("biome", ["check", ...files]),
      await this.tool("depcruise", ["src", "--config", ".dependency-cruiser.js"]),
    ];
    const failed = results.filter(({ status }) => status !== 0);
    return failed.map(({ stdout, stderr }) => `${stdout}${stderr}`).join("\n");
  }

  /** The launcher of the command line in this tree, for `harbinger()` of test/harness/cli.ts. */
  get launcher(): string {
    return this.#place("bin/harbinger.js");
  }

  #place(file: string): string {
    return path.join(this.folder, file);
  }

  #read(file: string): string {
    return readFileSync(this.#place(file), "utf8");
  }

  #write(file: string, text: string): void {
    mkdirSync(path.dirname(this.#place(file)), { recursive: true });
    writeFileSync(this.#place(file), text);
  }

  #copy(file: string): void {
    mkdirSync(path.dirname(this.#place(file)), { recursive: true });
    copyFileSync(path.join(repository, file), this.#place(file));
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What git has or would add below the paths, so that neither builds nor databases are copied. */
function trackedFiles(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return [];
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...paths];
  const files = execFileSync("git", args, { cwd: repository, encoding: "utf8", maxBuffer: 16 * 1024 * 1024 }).split(
    "\0",
  );
  return files.filter((file) => file !== "" && existsSync(path.join(repository, file)));
}

/** `text` with a diff applied. The lines of the diff must be together in the text, once. Line numbers are not needed. */
function changed(text: string, { file, diff }: { readonly file: string; readonly diff: string }): string {
  const lines = diff.replace(/\n$/, "").split("\n");
  const side = (mark: string) => lines.filter((line) => !line.startsWith(mark)).map((line) => `${line.slice(1)}\n`);
  const [before, after] = [side("+").join(""), side("-").join("")];
  const start = `\n${text}`.indexOf(`\n${before}`);
  if (before === "" || start === -1) throw new Error(`the lines to change are not in ${file}:\n${before}`);
  if (`\n${text}`.indexOf(`\n${before}`, start + 1) !== -1) throw new Error(`they are in ${file} twice:\n${before}`);
  return text.slice(0, start) + after + text.slice(start + before.length);
}
