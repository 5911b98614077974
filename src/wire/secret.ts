/** Bytes of a message that are a password, a token or an answer made of one. */
export interface Secret {
  /** The first byte, and the one behind the last. */
  readonly start: number;
  readonly end: number;
  /** What it says where that can be read: of base64 the password within. Not made safe for display. */
  readonly text?: string | undefined;
}

/** Finds the secrets in a message that a parser took for its own; total and bounded by its input, as parsers are. */
export type SecretFinder = (bytes: Uint8Array) => readonly Secret[];
