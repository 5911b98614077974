/** A part of the program prepared from a new configuration, ready to replace the running part. */
export interface Replacement {
  /** Activates it. Synchronous, and never fails. */
  commit(): void;
  /** After the commit: stops the replaced part, which logs its own errors. */
  finish?(): Promise<void>;
  /** Instead of the commit: releases what was opened and restores the previous state. */
  abandon?(): Promise<void>;
}

/** A part of the program that a reload can replace while it runs. */
export interface Replaceable<Settings> {
  /**
   * Prepares a new part from `settings` beside the running one, which is unaffected.
   * @returns `undefined` if this part has no changes
   * @throws HarbingerError if it cannot be prepared; nothing has changed then
   */
  prepare(settings: Settings): Promise<Replacement | undefined>;
}
