import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import type { Clock } from "../core/clock.ts";
import { privateFileMode, privateFolderMode } from "./private-files.ts";

/** How often it is looked whether the file still stands at its path. */
const lookAgainAfterMs = 1000;
const lineEnd = 0x0a;

/**
 * A file that lines are appended to, each written before `write` returns. Where it was deleted or renamed meanwhile, the next
 * line goes to a new file in its place.
 */
export class PrivateLogFile implements Disposable {
  readonly #path: string;
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #onError: (error: unknown) => void;
  #descriptor: number | undefined;
  #hasHalfLine = false;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param onError told each time that a line is lost */
  constructor(options: {
    readonly path: string;
    readonly clock: Pick<Clock, "monotonic">;
    readonly onError: (error: unknown) => void;
  }) {
    this.#path = options.path;
    this.#clock = options.clock;
    this.#onError = options.onError;
  }

  /** Writes text that ends with a line end. */
  readonly write = (text: string): void => {
    try {
      if (!this.#isInPlace()) this.reopen();
      // Half a line stands there where the disk was full: what comes now is a line of its own.
      const bytes = Buffer.from(this.#hasHalfLine ? `\n${text}` : text);
      for (let at = 0; at < bytes.length; ) {
        at += writeSync(this.#descriptor ?? -1, bytes, at);
        this.#hasHalfLine = at < bytes.length && bytes[at - 1] !== lineEnd;
      }
    } catch (error) {
      this.#onError(error);
    }
  };

  /** @throws the system's error, or an Error for a link that another user made */
  reopen(): void {
    this[Symbol.dispose]();
    this.#descriptor = openForAppending(this.#path);
    this.#hasHalfLine = false;
    this.#lookedAt = this.#clock.monotonic();
  }

  [Symbol.dispose](): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) closeSync(descriptor);
  }

  #isInPlace(): boolean {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) return false;
    const now = this.#clock.monotonic();
    if (now - this.#lookedAt < lookAgainAfterMs) return true;
    this.#lookedAt = now;
    const here = statSync(this.#path, { throwIfNoEntry: false, bigint: true });
    const ours = fstatSync(descriptor, { bigint: true });
    return here !== undefined && here.ino === ours.ino && here.dev === ours.dev;
  }
}

/**
 * Opens a file for appending. One that it makes is readable for its owner only; one that is there keeps its mode: it may be
 * `/dev/null`, or somebody else's on purpose. It does not follow a symbolic link that another user made, who could have us
 * write where they may not.
 * @throws the system's error
 */
export function openForAppending(file: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  // Without O_NONBLOCK a named pipe that nobody reads would hold us for ever.
  const flags = O_WRONLY | O_APPEND | O_NONBLOCK;
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: privateFolderMode });
  try {
    return openSync(file, flags | O_CREAT | O_EXCL, privateFileMode);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const link = lstatSync(file);
  if (!link.isSymbolicLink()) return openSync(file, flags | O_NOFOLLOW, privateFileMode);
  const user = process.getuid?.();
  if (user !== undefined && link.uid !== user && link.uid !== 0) {
    throw new Error(`${file} is a symbolic link that another user made (user id ${link.uid}); it is not followed`);
  }
  return openSync(file, flags | O_CREAT, privateFileMode);
}
