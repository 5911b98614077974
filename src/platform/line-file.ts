import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open, realpath, rename, stat } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../core/clock.ts";
import { messageOf, systemCode } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import { identityOf } from "./file-identity.ts";
import { ensureFolder, privateFileMode, refuseForeignLink } from "./private-files.ts";

export interface LineFileOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
  /** For the log: `connections`. */
  readonly holds: string;
  /** Of the file and the one before it, `PATH.1`, together; 1 MB or more. Default: no bound. */
  readonly maxBytes?: number;
}

/** How long a line waits for further lines. */
const gatherMs = 50;
const retryAfterMs = 1000;
/** Held while the file cannot be written; further lines are counted. */
const maxWaitingBytes = 8 * 1024 * 1024;
/** For what is left at the end. */
const farewellMs = 2000;
const lineEnd = 0x0a;
const batchBytes = 256 * 1024;

/**
 * A file that lines are appended to, for programs that read along. It may be renamed or removed at any time (logrotate):
 * the next lines go to a new one at its place. With a bound on its bytes it becomes `PATH.1` when it has half of them, in
 * place of the one that had that name, so that the oldest lines are deleted first. While the file cannot be written, lines are lost once too many wait;
 * no caller waits for it.
 */
export class LineFile {
  readonly #options: LineFileOptions;
  #lines: string[] = [];
  #waitingBytes = 0;
  #lost = 0;
  #file: OpenFile | undefined;
  #writing: Promise<void> | undefined;
  #failure: string | undefined;
  readonly #stopping = new AbortController();

  constructor(options: LineFileOptions) {
    this.#options = options;
  }

  /** Cheap, and never fails. @param line without its end */
  add(line: string): void {
    // UTF-16 units: what counts here is memory.
    if (this.#waitingBytes + line.length > maxWaitingBytes) {
      this.#lost += 1;
      return;
    }
    this.#waitingBytes += line.length + 1;
    this.#lines.push(line);
    this.#writing ??= this.#write();
  }

  /** Writes what is left, once, and closes the file; not for long where that hangs. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const closed = (async () => {
      await this.#writing;
      await this.#close();
    })();
    const done = new AbortController();
    await Promise.race([closed, this.#options.clock.sleep(farewellMs, done.signal)]);
    done.abort();
  }

  async #write(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    await clock.sleep(gatherMs, signal);
    while (this.#lines.length > 0) {
      const batch = this.#takeBatch();
      for (let written = 0; written < batch.length; ) {
        try {
          // Another file begins with a whole line, even where the last one got a part of it.
          const isFresh = await this.#freshen();
          const isRotated = await this.#makeRoom(batch.length - written);
          if (isFresh || isRotated) written = written === 0 ? 0 : batch.lastIndexOf(lineEnd, written - 1) + 1;
          const bytes = (await this.#file?.handle.write(batch, written))?.bytesWritten ?? 0;
          if (bytes === 0) throw new Error("nothing was written");
          written += bytes;
          this.#recovered();
        } catch (error) {
          this.#failed(error);
          if (signal.aborted) return this.#giveUp(batch, written);
          await clock.sleep(retryAfterMs, signal);
        }
      }
    }
    this.#writing = undefined;
  }

  #takeBatch(): Buffer {
    let bytes = 0;
    let count = 0;
    for (; count < this.#lines.length && bytes < batchBytes; count++) bytes += (this.#lines[count]?.length ?? 0) + 1;
    this.#waitingBytes -= bytes;
    return Buffer.from(`${this.#lines.splice(0, count).join("\n")}\n`);
  }

  /** Opens the file that stands at the path now. @returns false where it is the one that is open already */
  async #freshen(): Promise<boolean> {
    const { path: name } = this.#options;
    const found = await statsOf(name);
    if (found !== undefined && this.#file !== undefined && this.#file.identity === identityOf(found)) {
      this.#file.bytes = Number(found.size);
      return false;
    }
    await this.#close();
    ensureFolder(path.dirname(path.resolve(name)));
    refuseForeignLink(name);
    // Without O_NONBLOCK a named pipe without a reader would block for ever.
    const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);
    const handle = await open(name, flags, privateFileMode);
    const stats = await handle.stat({ bigint: true });
    this.#file = { handle, identity: identityOf(stats), isRegular: stats.isFile(), bytes: Number(stats.size) };
    if (!(await endsWithLine(handle))) await handle.write("\n");
    return true;
  }

  /** @returns whether a new file was begun, because `bytes` more would be too many for this one */
  async #makeRoom(bytes: number): Promise<boolean> {
    const { maxBytes, path: name, log, holds } = this.#options;
    const file = this.#file;
    if (maxBytes === undefined || file === undefined || !file.isRegular || file.bytes === 0) return false;
    if (file.bytes + bytes <= maxBytes / 2) return false;
    try {
      // Behind a symbolic link the file itself makes room, or it would stay at another place.
      const target = await realpath(name);
      await rename(target, `${target}.1`);
    } catch (error) {
      await file.handle.truncate(0);
      file.bytes = 0;
      log.warn(`the file of ${holds} was emptied at its greatest size: it cannot be renamed`, {
        file: name,
        error: messageOf(error),
      });
      return true;
    }
    await this.#freshen();
    return true;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    // Some systems report only now that the data did not fit.
    await file?.handle.close().catch(() => {});
  }

  #failed(error: unknown): void {
    const failure = systemCode(error) ?? messageOf(error);
    if (failure === this.#failure) return;
    this.#failure = failure;
    const { log, holds, path: file } = this.#options;
    log.error(`${holds} cannot be written to their file; they wait for a while, everything else goes on`, {
      file,
      error: messageOf(error),
    });
  }

  #recovered(): void {
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    const { log, holds, path: file } = this.#options;
    log.warn(`${holds} are written to their file again`, { file, lost: this.#lost });
    this.#lost = 0;
  }

  #giveUp(batch: Buffer, written: number): void {
    const { log, holds, path: file } = this.#options;
    const left = batch.subarray(written).toString("latin1").split("\n").length - 1;
    log.error(`${holds} stay out of their file`, { file, count: left + this.#lines.length + this.#lost });
    this.#lines = [];
  }
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly identity: string;
  /** A regular file: neither a pipe nor a device. */
  readonly isRegular: boolean;
  bytes: number;
}

async function statsOf(file: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(file, { bigint: true });
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** A crash may have left half a line behind. */
async function endsWithLine(handle: FileHandle): Promise<boolean> {
  const stats = await handle.stat();
  if (!stats.isFile() || stats.size === 0) return true;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, stats.size - 1);
  return buffer[0] === lineEnd;
}
