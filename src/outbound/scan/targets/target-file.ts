import { open } from "node:fs/promises";
import { messageOf } from "../../../core/errors.ts";
import { notUtf8 } from "../../../core/not-utf8.ts";

/** One target of a file, with its line for error messages. */
interface FileTarget {
  readonly text: string;
  /** `hosts.txt:12`. */
  readonly where: string;
}

export type TargetFileOutcome =
  | { readonly kind: "targets"; readonly targets: readonly FileTarget[] }
  | { readonly kind: "bad"; readonly reason: string };

/** A longer list is a mistake (a log, a device); networks and ranges need few lines. */
const maxFileTargets = 1_000_000;

/** Reads one target per line; `#` starts a comment, blank lines are skipped. */
export async function readTargetFile(file: string): Promise<TargetFileOutcome> {
  try {
    const handle = await open(file);
    await using _closed = { [Symbol.asyncDispose]: () => handle.close() };
    const targets: FileTarget[] = [];
    let line = 0;
    for await (const raw of handle.readLines({ encoding: "utf8", autoClose: false })) {
      line += 1;
      const [written = ""] = raw.split("#", 1);
      const text = written.replace(/^\uFEFF/, "").trim();
      if (text === "") continue;
      // UTF-16, as PowerShell writes it, has NULs between the letters; other encodings have bytes that are no letters here.
      if (/[\0\uFFFD]/.test(text)) return { kind: "bad", reason: `${file}:${line}: ${notUtf8}` };
      if (targets.length === maxFileTargets)
        return { kind: "bad", reason: `${file}:${line}: more than ${maxFileTargets} targets; use networks or ranges` };
      targets.push({ text, where: `${file}:${line}` });
    }
    return { kind: "targets", targets };
  } catch (error) {
    return { kind: "bad", reason: `cannot read the target file ${file}: ${messageOf(error)}` };
  }
}
