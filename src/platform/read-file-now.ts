import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** The whole file, without waiting for somebody to write: a named pipe that nobody writes to is empty. Rejects as `readFile` does. */
export async function readFileNow(file: string): Promise<Uint8Array> {
  await using handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  return await handle.readFile();
}
