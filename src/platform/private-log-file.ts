import { closeSync, fstatSync, ftruncateSync, realpathSync, renameSync, writeSync } from "node:fs";
import path from "node:path";
import type { Clock } from "../core/clock.ts";
import { fileIdentity, identityOf } from "./file-identity.ts";
import { ensureFolder, openForAppending } from "./private-files.ts";

/** Interval of checks that the file is still at its path. */
const checkIntervalMs = 1000;
const lineEnd = 0x0a;

/**
 * Appends lines to a file; each line is written before `write` returns. If the file is deleted or renamed, the next line goes to
 * a new file at its path. With a size limit, the file is renamed to `PATH.1` at half of the limit and replaces the previous
 * `PATH.1`.
 */
export class PrivateLogFile implements Disposable {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #onError: (error: unknown) => void;
  readonly #onWorking: (lost: number) => void;
  /** Lines lost since the last written line. */
  #lost = 0;
  #descriptor: number | undefined;
  /** Of the open file. */
  #identity: string | undefined;
  #hasHalfLine = false;
  /** Size of the open file; not used for a pipe or a device. */
  #bytes = 0;
  #isRegular = false;
  #checkedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param onError called for each lost line
   * @param onWorking called with the number of lost lines after the next line that is written
   */
  constructor(options: {
    readonly path: string;
    /** Maximum size of the file and the previous one together. Default: no limit. */
    readonly maxBytes?: number | undefined;
    readonly clock: Pick<Clock, "monotonic">;
    readonly onError: (error: unknown) => void;
    readonly onWorking?: (lost: number) => void;
  }) {
    this.#path = options.path;
    this.#maxBytes = options.maxBytes ?? Number.POSITIVE_INFINITY;
    this.#clock = options.clock;
    this.#onError = options.onError;
    this.#onWorking = options.onWorking ?? (() => {});
  }

  /** Writes text that ends with a line end. */
  readonly write = (text: string): void => {
    try {
      if (!this.#isInPlace()) this.reopen();
      // If the disk was full, the file may end with a part of a line; then a line end is written first.
      let bytes = Buffer.from(this.#hasHalfLine ? `\n${text}` : text);
      if (this.#makeRoom(bytes.length)) bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) {
        const written = writeSync(this.#descriptor ?? -1, bytes, at);
        at += written;
        this.#bytes += written;
        this.#hasHalfLine = at < bytes.length && bytes[at - 1] !== lineEnd;
      }
    } catch (error) {
      this.#lost += 1;
      this.#onError(error);
      return;
    }
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) this.#onWorking(lost);
  };

  /** @throws the system's error, or an Error for a link created by another user */
  reopen(): void {
    this[Symbol.dispose]();
    ensureFolder(path.dirname(path.resolve(this.#path)));
    this.#descriptor = openForAppending(this.#path);
    const stats = fstatSync(this.#descriptor, { bigint: true });
    this.#identity = identityOf(stats);
    this.#bytes = Number(stats.size);
    this.#isRegular = stats.isFile();
    this.#hasHalfLine = false;
    this.#checkedAt = this.#clock.monotonic();
  }

  [Symbol.dispose](): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) closeSync(descriptor);
  }

  /** Starts a new file if `bytes` more would exceed the limit. @returns whether it did */
  #makeRoom(bytes: number): boolean {
    if (!this.#isRegular || this.#bytes === 0 || this.#bytes + bytes <= this.#maxBytes / 2) return false;
    try {
      // For a symbolic link, the file that it points to is renamed, not the link.
      const target = realpathSync(this.#path);
      renameSync(target, `${target}.1`);
    } catch {
      // The folder is not writable: empty the file instead.
      ftruncateSync(this.#descriptor ?? -1, 0);
      this.#bytes = 0;
      this.#hasHalfLine = false;
      return true;
    }
    this.reopen();
    return true;
  }

  #isInPlace(): boolean {
    if (this.#descriptor === undefined) return false;
    const now = this.#clock.monotonic();
    if (now - this.#checkedAt < checkIntervalMs) return true;
    this.#checkedAt = now;
    return fileIdentity(this.#path) === this.#identity;
  }
}
