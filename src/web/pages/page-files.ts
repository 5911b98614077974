import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { embeddedFile, isSingleExecutable } from "../../platform/single-executable.ts";

/** The forms in which a file was stored when the pages were built, by their content coding. */
export type Coding = "br" | "gzip" | "identity";

export interface PageFile {
  readonly type: string;
  /** Its name has a hash of its content, so that browsers never have to ask for it again. */
  readonly isImmutable: boolean;
  /** Of its content. */
  readonly hash: string;
  readonly bytes: Readonly<Record<Coding, Buffer>>;
}

/** The files that browsers get, by the path below that of the pages. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const listSchema = z.object({ files: z.array(z.object({ name: z.string(), hash: z.string() })).max(100) });

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/**
 * Reads all files at once: together they have a few hundred kilobytes.
 * @returns `undefined` if the pages have not been built
 */
export async function readPageFiles(folder: string): Promise<PageFiles | undefined> {
  const list = await read("files.json", folder);
  if (list === undefined) return undefined;
  const files = new Map<string, PageFile>();
  for (const { name, hash } of listSchema.parse(JSON.parse(list.toString("utf8"))).files) {
    const [identity, br, gzip] = await Promise.all(
      [name, `${name}.br`, `${name}.gz`].map((file) => read(file, folder)),
    );
    const type = types[path.extname(name)];
    if (identity === undefined || br === undefined || gzip === undefined || type === undefined) return undefined;
    files.set(name, { type, hash, isImmutable: name.startsWith("assets/"), bytes: { identity, br, gzip } });
  }
  return files;
}

async function read(name: string, folder: string): Promise<Buffer | undefined> {
  if (isSingleExecutable) return embedded(`pages/${name}`);
  try {
    return await readFile(path.join(folder, name));
  } catch {
    return undefined;
  }
}

/** A file that is not embedded is an exception in Node. */
function embedded(name: string): Buffer | undefined {
  try {
    return embeddedFile(name);
  } catch {
    return undefined;
  }
}
