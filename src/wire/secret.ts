/** Bytes of a message that are a password, a token, or a response computed from one. */
export interface Secret {
  /** Offset of the first byte; `end` is the offset after the last one. */
  readonly start: number;
  readonly end: number;
  /** The secret as text, decoded from base64, if it can be read. Not made safe for display. */
  readonly text?: string | undefined;
}

/** Finds the secrets in a message that a parser has matched. Never throws, and its work is bounded by its input, as for parsers. */
export type SecretFinder = (bytes: Uint8Array) => readonly Secret[];
