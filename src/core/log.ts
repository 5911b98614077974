/** Extra facts of one log line. Text from strangers goes here, never into the message. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The log of a part of the program. Implementations make every field safe and mask secrets. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
