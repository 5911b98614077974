import type { Clock } from "../../core/clock.ts";
import { HarbingerError, messageOf, systemCode } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { readFileNow } from "../../platform/read-file-now.ts";
import { type CertificatePair, maxPemBytes, pairProblem } from "./certificate-pair.ts";

export interface CertificateFilesOptions {
  readonly files: { readonly certificate: string; readonly key: string };
  readonly clock: Clock;
  readonly log: Log;
}

/** The files are small, so both are read and compared: also where a mount or a link hides the time of a change. */
const intervalMs = 30_000;

/** The certificate and the key of the pages, read again when their files change. */
export class CertificateFiles {
  readonly #options: CertificateFilesOptions;
  #active: CertificatePair | undefined;
  /** The last reported problem, which is not reported again. */
  #reported = "";

  constructor(options: CertificateFilesOptions) {
    this.#options = options;
  }

  /** @throws HarbingerError `config` that names the file if the pair cannot be used */
  async read(): Promise<CertificatePair> {
    const { files } = this.#options;
    const pair = { certificate: await bytesOf(files.certificate), key: await bytesOf(files.key) };
    const problem = pairProblem(pair);
    if (problem !== undefined) throw unusable(files[problem.part], problem.message);
    return pair;
  }

  /** Notes that the server uses this pair. */
  use(pair: CertificatePair): void {
    this.#active = pair;
    this.#reported = "";
  }

  /** @returns the pair if it is another one than the server uses */
  async readChanged(): Promise<CertificatePair | undefined> {
    const pair = await this.read();
    return this.#active !== undefined && isSame(pair, this.#active) ? undefined : pair;
  }

  /** Calls `apply` with each new pair. The old one remains in use as long as the new one is unusable. */
  async follow(apply: (pair: CertificatePair) => void, signal: AbortSignal): Promise<void> {
    const { clock, log, files } = this.#options;
    // A renewal replaces one file after the other: only what is still wrong at the next look is reported.
    let suspected = "";
    while (!signal.aborted) {
      await clock.sleep(intervalMs, signal);
      if (signal.aborted) return;
      try {
        const pair = await this.readChanged();
        suspected = "";
        this.#reported = "";
        if (pair === undefined) continue;
        apply(pair);
        log.info("the pages use a new certificate", { file: files.certificate });
      } catch (error) {
        const message = messageOf(error);
        if (message === suspected && message !== this.#reported) {
          log.warn("the pages keep the previous certificate", { error: message });
          this.#reported = message;
        }
        suspected = message;
      }
    }
  }
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFileNow(file, maxPemBytes);
  } catch (error) {
    throw unusable(file, `this file cannot be read (${systemCode(error) ?? messageOf(error)})`);
  }
}

function unusable(file: string, message: string): HarbingerError {
  return new HarbingerError("config", `${file}: ${message}`, {
    remedy: "Correct web.tls.certificate and web.tls.key, or the files.",
  });
}

function isSame(one: CertificatePair, other: CertificatePair): boolean {
  return Buffer.compare(one.certificate, other.certificate) === 0 && Buffer.compare(one.key, other.key) === 0;
}
