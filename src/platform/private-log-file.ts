import { closeSync, fstatSync, ftruncateSync, realpathSync, renameSync, writeSync } from "node:fs";
import path from "node:path";
import type { Clock } from "../core/clock.ts";
import { fileIdentity, identityOf } from "./file-identity.ts";
import { ensureFolder, openForAppending } from "./private-files.ts";

/** Interval of checks that the file is still at its path. */
const lookAgainAfterMs = 1000;
const lineEnd = 0x0a;

/**
 * A file that lines are appended to, each written before `write` returns. Where it was deleted or renamed meanwhile, the next
 * line goes to a new file in its place. With a bound on its bytes it becomes `PATH.1` when it has half of them, in place of the one that had that
 * name.
 */
export class PrivateLogFile implements Disposable {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #onError: (error: unknown) => void;
  readonly #onWorking: (lost: number) => void;
  /** Lines since the last one that was written. */
  #lost = 0;
  #descriptor: number | undefined;
  /** Of the file that is open. */
  #identity: string | undefined;
  #hasHalfLine = false;
  /** Of the file that is open; a pipe or a device never grows. */
  #bytes = 0;
  #isRegular = false;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param onError called each time that a line is lost
   * @param onWorking called with the number of lost lines, after the first line that is written again
   */
  constructor(options: {
    readonly path: string;
    /** Of the file and the one before it together. Default: no bound. */
    readonly maxBytes?: number;
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
      // The file may end with half a line where the disk was full: the next line begins on a new one.
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

  /** @throws the system's error, or an Error for a link that another user made */
  reopen(): void {
    this[Symbol.dispose]();
    ensureFolder(path.dirname(path.resolve(this.#path)));
    this.#descriptor = openForAppending(this.#path);
    const stats = fstatSync(this.#descriptor, { bigint: true });
    this.#identity = identityOf(stats);
    this.#bytes = Number(stats.size);
    this.#isRegular = stats.isFile();
    this.#hasHalfLine = false;
    this.#lookedAt = this.#clock.monotonic();
  }

  [Symbol.dispose](): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) closeSync(descriptor);
  }

  /** @returns whether a new file was begun, because `bytes` more would be too many for this one */
  #makeRoom(bytes: number): boolean {
    if (!this.#isRegular || this.#bytes === 0 || this.#bytes + bytes <= this.#maxBytes / 2) return false;
    try {
      // Behind a symbolic link the file itself makes room, or it would stay at another place.
      const target = realpathSync(this.#path);
      renameSync(target, `${target}.1`);
    } catch {
      // A folder that cannot be written: the oldest lines are deleted all the same.
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
    if (now - this.#lookedAt < lookAgainAfterMs) return true;
    this.#lookedAt = now;
    return fileIdentity(this.#path) === this.#identity;
  }
}
