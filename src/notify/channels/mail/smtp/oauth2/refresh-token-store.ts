import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Clock } from "../../../../../core/clock.ts";
import { systemCode } from "../../../../../core/errors.ts";
import { type FileLockOptions, lockFile } from "../../../../../platform/file-lock.ts";
import { ensureFolder, writeFileAtomically } from "../../../../../platform/private-files.ts";

/**
 * Keeps the refresh token that replaced the configured one, in a file that only its owner may read. A server that
 * replaces refresh tokens no longer accepts the old one, so without the file no mail could be sent after a restart.
 */
export class RefreshTokenStore {
  readonly file: string;
  readonly #origin: string;

  /**
   * @param configured what the kept token was issued for: after a change of refresh token, application or server the
   * kept token is no longer used
   */
  constructor(
    file: string,
    configured: { readonly tokenUrl: string; readonly clientId: string; readonly refreshToken: string },
  ) {
    this.file = path.resolve(file);
    const { tokenUrl, clientId, refreshToken } = configured;
    this.#origin = createHash("sha256")
      .update(JSON.stringify([tokenUrl, clientId, refreshToken]))
      .digest("hex");
  }

  /**
   * Held during a request: two processes must not send the same refresh token, because many servers treat that as
   * theft.
   * @throws the system's error if nothing can be written there
   */
  async lock(options: FileLockOptions): Promise<Disposable | undefined> {
    ensureFolder(path.dirname(this.file));
    return await lockFile(`${this.file}.lock`, options);
  }

  /**
   * The kept token; `undefined` if the configured one is to be used.
   * @throws the system's error if the file exists and cannot be read
   */
  read(): string | undefined {
    let text: string;
    try {
      text = readFileSync(this.file, "utf8");
    } catch (error) {
      if (systemCode(error) === "ENOENT") return undefined;
      throw error;
    }
    return keptToken(text, this.#origin);
  }

  /** @throws the system's error if it cannot be written; the file is then unchanged */
  write(refreshToken: string, clock: Pick<Clock, "now">): void {
    const kept = { origin: this.#origin, refresh_token: refreshToken, since: new Date(clock.now()).toISOString() };
    writeFileAtomically(this.file, `${JSON.stringify(kept)}\n`);
  }
}

function keptToken(text: string, origin: string): string | undefined {
  let kept: unknown;
  try {
    kept = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof kept !== "object" || kept === null) return undefined;
  if (!("origin" in kept) || kept.origin !== origin) return undefined;
  return "refresh_token" in kept && typeof kept.refresh_token === "string" ? kept.refresh_token : undefined;
}
