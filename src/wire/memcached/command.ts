/** The first command of a memcached client. Stored values are not told. */
export interface MemcachedCommand {
  readonly encoding: "text" | "meta" | "binary";
  /** `get`, `stats`, `mg`; of the binary protocol the same names in lower case. */
  readonly command: string;
  /** The first key, or the argument of `stats`. */
  readonly key?: string | undefined;
}
