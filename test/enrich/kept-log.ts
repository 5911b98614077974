import type { Log, LogFields } from "../../src/core/log.ts";

/** A log that a test can read. */
export class KeptLog implements Log {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields }[] = [];

  debug(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "debug", message, fields });
  }

  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "info", message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "warn", message, fields });
  }

  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "error", message, fields });
  }

  get warnings(): readonly string[] {
    return this.lines.filter(({ level }) => level === "warn" || level === "error").map(({ message }) => message);
  }
}
