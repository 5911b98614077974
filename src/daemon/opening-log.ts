import type { Diagnosis } from "../core/diagnosis.ts";
import { type Log, type LogFields, silentLog } from "../core/log.ts";

/** Collects the changes that opening the database made (a migration, a copy), for `doctor`. */
export class OpeningLog {
  readonly #findings: Diagnosis[] = [];
  readonly log: Log = {
    ...silentLog,
    info: (message, fields) => this.#note("ok", message, fields),
    warn: (message, fields) => this.#note("warning", message, fields),
  };

  /** The collected messages. */
  findings(): readonly Diagnosis[] {
    return [...this.#findings];
  }

  #note(state: Diagnosis["state"], message: string, fields: LogFields = {}): void {
    const details = Object.entries(fields).map(([name, value]) => `${wordsOf(name)} ${value}`);
    const finding = details.length === 0 ? message : `${message}: ${details.join(", ")}`;
    this.#findings.push({ state, subject: "database", finding });
  }
}

/** `fromVersion` -> `from version` */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
