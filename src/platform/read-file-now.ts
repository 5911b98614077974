import { closeSync, constants, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";

const pieceBytes = 64 * 1024;
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a file, or its first `limit` bytes, without waiting for a writer: a named pipe without a writer is empty. Rejects like
 * `readFile`.
 */
export async function readFileNow(file: string, limit: number): Promise<Uint8Array> {
  await using handle = await open(file, flags);
  const pieces: Uint8Array[] = [];
  for (let length = 0; length < limit; ) {
    const piece = new Uint8Array(Math.min(pieceBytes, limit - length));
    const { bytesRead } = await handle.read(piece, 0, piece.length, null);
    if (bytesRead === 0) break;
    pieces.push(piece.subarray(0, bytesRead));
    length += bytesRead;
  }
  return Buffer.concat(pieces);
}

/**
 * Reads a file, or its first `limit` bytes; blocks the event loop. Throws like `readFileSync`.
 * @param pipe for a named pipe: `wait` for a writer, or read what it contains `now`
 */
export function readStart(file: string, limit: number, pipe: "wait" | "now" = "wait"): Uint8Array {
  const descriptor = openSync(file, pipe === "now" ? flags : constants.O_RDONLY);
  try {
    const pieces: Uint8Array[] = [];
    for (let length = 0; length < limit; ) {
      const piece = new Uint8Array(Math.min(pieceBytes, limit - length));
      const bytesRead = readSync(descriptor, piece, 0, piece.length, null);
      if (bytesRead === 0) break;
      pieces.push(piece.subarray(0, bytesRead));
      length += bytesRead;
    }
    return Buffer.concat(pieces);
  } finally {
    closeSync(descriptor);
  }
}
