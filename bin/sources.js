/**
 * Preloaded in every thread of a long-running program in a checkout: loads sources whose types were stripped before.
 * Node's type stripper keeps 40 MB of memory, and its compile cache 20 MB. So each stripped source is cached in a file
 * named by the hash of the source, and a program that had to strip some starts again afterwards.
 */
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import module from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sources = path.join(root, "src");
const start = `${pathToFileURL(sources).href}/`;
/** Not in a shared folder, because these files are executed. */
const cache = path.join(root, "node_modules", ".cache", "harbinger-sources");
const used = new Set();
let stripped = 0;

/** False in another user's checkout whose owner never started it; there Node strips the types at each start. */
export const isUsable = isWritable() || isFilled();

if (isUsable) {
  module.registerHooks({
    load(url, context, next) {
      if (!url.startsWith(start) || !url.endsWith(".ts")) return next(url, context);
      return { format: "module", source: withoutTypes(readFileSync(fileURLToPath(url))), shortCircuit: true };
    },
  });
}

function isWritable() {
  try {
    mkdirSync(cache, { recursive: true, mode: 0o755 });
    accessSync(cache, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isFilled() {
  try {
    return readdirSync(cache).length > 0;
  } catch {
    return false;
  }
}

function withoutTypes(source) {
  const name = createHash("sha256").update(process.version).update(source).digest("hex").slice(0, 32);
  const file = path.join(cache, name);
  used.add(name);
  const kept = read(file, source.length);
  if (kept !== undefined) return kept;
  const text = quietly(() => module.stripTypeScriptTypes(source.toString("utf8")));
  write(file, text);
  return text;
}

/** Stripping keeps the length: a file of another length was truncated by a power failure or a full disk. */
function read(file, length) {
  try {
    const text = readFileSync(file);
    return text.length === length ? text.toString("utf8") : undefined;
  } catch {
    return undefined;
  }
}

/** Suppresses Node's warning about an experimental feature. */
function quietly(work) {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function write(file, text) {
  try {
    const unfinished = `${file}.${process.pid}`;
    // The file is executed, so it is complete before it gets its name, and only its owner may write it.
    writeFileSync(unfinished, text, { flush: true, mode: 0o644 });
    renameSync(unfinished, file);
    stripped += 1;
  } catch {
    // A full disk, or another user's checkout that has changed: Node strips the types at each start.
  }
}

/** If this thread stripped a source: strips all others too, deletes outdated files, and returns true. */
export function stripAll() {
  if (stripped === 0) return false;
  for (const name of readdirSync(sources, { recursive: true })) {
    if (name.endsWith(".ts") && !name.endsWith(".test.ts")) withoutTypes(readFileSync(path.join(sources, name)));
  }
  for (const name of readdirSync(cache)) if (!used.has(name)) rmSync(path.join(cache, name), { force: true });
  return true;
}
