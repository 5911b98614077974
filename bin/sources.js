/**
 * Preloaded in every thread of a checkout that stays up: serves sources without their types. Node's compiler that strips
 * them takes 40 MB and never gives them back, and its compile cache holds all that it read, 20 MB; so each stripped
 * text stands in a file named by the hash of its source, and after a start that had to write some the program starts again.
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
/** Not in a folder for everybody: what stands there is run. */
const cache = path.join(root, "node_modules", ".cache", "harbinger-sources");
const used = new Set();
let stripped = 0;

/** Somebody else's checkout that was never started by its owner has none, and is stripped by Node at each start. */
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

/** Types become blanks, byte by byte: a text of another length was cut off by a power failure or a full disk. */
function read(file, length) {
  try {
    const text = readFileSync(file);
    return text.length === length ? text.toString("utf8") : undefined;
  } catch {
    return undefined;
  }
}

/** Node calls it experimental and says so. */
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
    // On the disk before it has its name, and written by nobody else, whatever the umask: it is code.
    writeFileSync(unfinished, text, { flush: true, mode: 0o644 });
    renameSync(unfinished, file);
    stripped += 1;
  } catch {
    // A full disk, or somebody else's checkout that changed since: it is stripped at each start.
  }
}

/** @returns whether a source was stripped in this thread; then all others are, too, and files of older ones are deleted */
export function stripAll() {
  if (stripped === 0) return false;
  for (const name of readdirSync(sources, { recursive: true })) {
    if (name.endsWith(".ts") && !name.endsWith(".test.ts")) withoutTypes(readFileSync(path.join(sources, name)));
  }
  for (const name of readdirSync(cache)) if (!used.has(name)) rmSync(path.join(cache, name), { force: true });
  return true;
}
