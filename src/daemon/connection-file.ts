import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/config.ts";
import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import { LineFile } from "../platform/line-file.ts";
import type { Replaceable, Replacement } from "./reload/replacement.ts";

type Settings = Config["logging"]["connections"];

/** The file of `logging.connections`, if configured. */
export class ConnectionFile implements Replaceable<Config>, AsyncDisposable {
  readonly #parts: { readonly clock: Clock; readonly log: Log };
  #settings: Settings;
  #file: LineFile | undefined;

  constructor({ logging }: Config, parts: { readonly clock: Clock; readonly log: Log }) {
    this.#parts = parts;
    this.#settings = logging.connections;
    this.#file = this.#open(logging.connections);
  }

  get isWanted(): boolean {
    return this.#file !== undefined;
  }

  /** Cheap. @param line called only if there is a file */
  add(line: () => string): void {
    this.#file?.add(line());
  }

  async prepare({ logging: { connections } }: Config): Promise<Replacement | undefined> {
    // If only the file was renamed, `LineFile` detects that itself.
    if (isDeepStrictEqual(connections, this.#settings)) return undefined;
    const former = this.#file;
    return {
      commit: () => {
        this.#settings = connections;
        this.#file = this.#open(connections);
      },
      finish: async () => former?.stop(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.stop();
  }

  #open(settings: Settings): LineFile | undefined {
    return settings === undefined ? undefined : new LineFile({ ...settings, ...this.#parts, content: "connections" });
  }
}
