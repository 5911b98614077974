import { constants, createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { HarbingerError, messageOf, systemCode } from "../core/errors.ts";
import { headBytes } from "./recognise.ts";
import type { FileTime } from "./sink.ts";

const pieceBytes = 256 * 1024;

/** A file to be imported. Each reader opens it again. */
export interface ImportFile {
  readonly path: string;
  readonly size: number;
  readonly time: FileTime;
  /** Its first bytes. */
  readonly head: Uint8Array;
}

/** @throws HarbingerError `not-found` or `permission` */
export async function openImportFile(path: string, now: number): Promise<ImportFile> {
  try {
    // Opening a named pipe without a writer would block forever.
    await using handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = await handle.stat();
    if (!stat.isFile()) {
      throw new HarbingerError("not-found", `${path} is not a file`, {
        remedy: "Name the files themselves: harbinger import scans/*.xml",
      });
    }
    const head = new Uint8Array(headBytes);
    const { bytesRead } = await handle.read(head, 0, headBytes, 0);
    return {
      path,
      size: stat.size,
      time: { writtenAt: Math.floor(stat.mtimeMs), now },
      head: head.subarray(0, bytesRead),
    };
  } catch (error) {
    if (error instanceof HarbingerError) throw error;
    const code = systemCode(error);
    const isDenied = code === "EACCES" || code === "EPERM";
    throw new HarbingerError(
      isDenied ? "permission" : "not-found",
      `cannot read ${path}: ${code === "ENOENT" ? "there is no such file" : messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** Streams the file as UTF-8 text; invalid bytes become U+FFFD. */
export async function* textOfFile(
  { path }: ImportFile,
  options: { readonly onBytes: (bytes: number) => void; readonly signal: AbortSignal },
): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let isFirst = true;
  for await (const chunk of createReadStream(path, { highWaterMark: pieceBytes, signal: options.signal })) {
    if (!Buffer.isBuffer(chunk)) continue;
    options.onBytes(chunk.length);
    const text = decoder.write(chunk);
    yield isFirst ? text.replace(/^\ufeff/, "") : text;
    isFirst = false;
  }
  const rest = decoder.end();
  if (rest !== "") yield rest;
}
