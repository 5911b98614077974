/** The first command of a memcached client. Stored values are not included. */
export interface MemcachedCommand {
  readonly encoding: "text" | "meta" | "binary";
  /** `get`, `stats`, `mg`; for the binary protocol the same names. */
  readonly command: string;
  /** The first key, or the argument of `stats`. */
  readonly key?: string | undefined;
}
