/**
 * An expected cause that stops the program: a bad configuration, a database that cannot be
 * opened, a port in use. `message` describes what and where, `remedy` what to do about it.
 */
export class HarbingerError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly remedy?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "HarbingerError";
    this.code = code;
    this.remedy = options.remedy;
  }

  /** Process exit status: 2 for wrong usage or configuration, else 1. */
  get exitStatus(): 1 | 2 {
    return this.code === "usage" || this.code === "config" ? 2 : 1;
  }
}

/** Every kind of failure that a user can meet, in one word each; documented in docs/reference/errors.md. */
export const errorCodes = [
  "usage",
  "config",
  "not-found",
  "store",
  "store-busy",
  "store-full",
  "store-newer",
  "store-lost",
  "permission",
  "address-in-use",
  "internal",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** The message of `error`, whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

/** What to do about `error`, if it is an expected one that says so. */
export function remedyOf(error: unknown): string | undefined {
  return error instanceof HarbingerError ? error.remedy : undefined;
}

/** The system's code (`ENOSPC`, `ECONNREFUSED` ...) where `error` carries one. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
