import { statSync } from "node:fs";
import path from "node:path";
import { systemCode } from "../core/errors.ts";
import { notUtf8 } from "../core/not-utf8.ts";
import { readStart } from "../platform/read-file-now.ts";

export type ReadText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "bad"; readonly reason: string; readonly line?: number; readonly isDenied?: boolean };

/** A longer file is not a configuration. */
const maxFileBytes = 4 * 1024 * 1024;
/** Bytes read of any file: enough to detect that it is too long. A device such as `/dev/zero` has no end. */
export const maxReadBytes = maxFileBytes + 1;

export type ReadBytes = (file: string) => Uint8Array;

export const readBytes: ReadBytes = (file) => readStart(file, maxReadBytes);

/** Reads a text file in UTF-8. */
export function readText(file: string, read: ReadBytes): ReadText {
  let bytes: Uint8Array;
  try {
    bytes = read(file);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "absent" };
    const isDenied = code === "EACCES" || code === "EPERM";
    const why = code === "EACCES" ? deniedFolder(file) : undefined;
    const reason = `cannot be read: ${why ?? reasons[code ?? ""] ?? code ?? "unknown error"}`;
    return { kind: "bad", reason, isDenied };
  }
  if (bytes.length > maxFileBytes) return { kind: "bad", reason: "is too long for a configuration file" };
  if (bytes.includes(0)) return { kind: "bad", reason: notUtf8 };
  try {
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    const broken = new TextDecoder("utf-8").decode(bytes);
    const line = broken.slice(0, broken.indexOf("\ufffd")).split("\n").length;
    return { kind: "bad", reason: notUtf8, line };
  }
}

/** The reason if access to the folder is denied, and it is therefore unknown whether the file exists. */
function deniedFolder(file: string): string | undefined {
  const folder = path.dirname(path.resolve(file));
  try {
    // The dot makes the system search inside the folder.
    statSync(`${folder}/.`);
    return undefined;
  } catch {
    return `user id ${process.geteuid?.() ?? 0} has no access to the folder ${folder}`;
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
};
