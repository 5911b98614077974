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
  readonly content: string;
  /** Maximum size of the file and the previous one, `PATH.1`, together; 1 MB or more. Default: no limit. */
  readonly maxBytes?: number;
}

/** How long a line waits for further lines. */
const gatherMs = 50;
const retryAfterMs = 1000;
/** Maximum size of the lines kept while the file cannot be written; further lines are only counted. */
const maxWaitingBytes = 8 * 1024 * 1024;
/** Time limit for writing the remaining lines at shutdown. */
const lastWriteMs = 2000;
const lineEnd = 0x0a;
const batchBytes = 256 * 1024;

/**
 * Appends lines to a file that other programs follow. The file may be renamed or removed at any time (logrotate): the next
 * lines go to a new file at its path. With a size limit, the file is renamed to `PATH.1` at half of the limit and replaces the
 * previous `PATH.1`, so that the oldest lines are deleted first. While the file cannot be written, lines are kept in memory up
 * to a limit, and further ones are lost. Callers never wait.
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

  /** Cheap, and never fails. @param line without a line end */
  add(line: string): void {
    // UTF-16 units, because the limit is about memory.
    if (this.#waitingBytes + line.length > maxWaitingBytes) {
      this.#lost += 1;
      return;
    }
    this.#waitingBytes += line.length + 1;
    this.#lines.push(line);
    this.#writing ??= this.#write();
  }

  /** Tries once to write the remaining lines, and closes the file; stops waiting after a short time. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const closed = (async () => {
      await this.#writing;
      await this.#close();
    })();
    const done = new AbortController();
    await Promise.race([closed, this.#options.clock.sleep(lastWriteMs, done.signal)]);
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
          // A new file begins with a whole line, even if the previous file got a part of that line.
          const isOther = await this.#openCurrent();
          const isRotated = await this.#makeRoom(batch.length - written);
          if (isOther || isRotated) written = written === 0 ? 0 : batch.lastIndexOf(lineEnd, written - 1) + 1;
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

  /** Opens the file that is at the path now. @returns false if it is open already */
  async #openCurrent(): Promise<boolean> {
    const { path: name } = this.#options;
    const found = await statsOf(name);
    if (found !== undefined && this.#file !== undefined && this.#file.identity === identityOf(found)) {
      this.#file.bytes = Number(found.size);
      return false;
    }
    await this.#close();
    ensureFolder(path.dirname(path.resolve(name)));
    refuseForeignLink(name);
    // Without O_NONBLOCK opening a named pipe without a reader would block forever.
    const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);
    const handle = await open(name, flags, privateFileMode);
    const stats = await handle.stat({ bigint: true });
    this.#file = { handle, identity: identityOf(stats), isRegular: stats.isFile(), bytes: Number(stats.size) };
    if (!(await endsWithLine(handle))) await handle.write("\n");
    return true;
  }

  /** Starts a new file if `bytes` more would exceed the limit. @returns whether it did */
  async #makeRoom(bytes: number): Promise<boolean> {
    const { maxBytes, path: name, log, content } = this.#options;
    const file = this.#file;
    if (maxBytes === undefined || file === undefined || !file.isRegular || file.bytes === 0) return false;
    if (file.bytes + bytes <= maxBytes / 2) return false;
    try {
      // For a symbolic link, the file that it points to is renamed, not the link.
      const target = await realpath(name);
      await rename(target, `${target}.1`);
    } catch (error) {
      await file.handle.truncate(0);
      file.bytes = 0;
      log.warn(`the file of ${content} reached its maximum size and was emptied, because it cannot be renamed`, {
        file: name,
        error: messageOf(error),
      });
      return true;
    }
    await this.#openCurrent();
    return true;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    // Some systems report a full disk only when the file is closed.
    await file?.handle.close().catch(() => {});
  }

  #failed(error: unknown): void {
    const failure = systemCode(error) ?? messageOf(error);
    if (failure === this.#failure) return;
    this.#failure = failure;
    const { log, content, path: file } = this.#options;
    log.error(
      `${content} cannot be written to their file; some are kept for a later attempt, everything else continues`,
      {
        file,
        error: messageOf(error),
      },
    );
  }

  #recovered(): void {
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    const { log, content, path: file } = this.#options;
    log.warn(`${content} are written to their file again`, { file, lost: this.#lost });
    this.#lost = 0;
  }

  #giveUp(batch: Buffer, written: number): void {
    const { log, content, path: file } = this.#options;
    const left = batch.subarray(written).toString("latin1").split("\n").length - 1;
    log.error(`${content} were not written to their file`, { file, count: left + this.#lines.length + this.#lost });
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

/** After a crash the file may end with a part of a line. */
async function endsWithLine(handle: FileHandle): Promise<boolean> {
  const stats = await handle.stat();
  if (!stats.isFile() || stats.size === 0) return true;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, stats.size - 1);
  return buffer[0] === lineEnd;
}
