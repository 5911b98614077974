/** A part of the program, made anew from another configuration and ready to take the place of the one that runs. */
export interface Replacement {
  /** It is in force from now on. Synchronous, and never fails. */
  commit(): void;
  /** After the commit: ends what it took the place of. What goes wrong there is logged by the part itself. */
  finish?(): Promise<void>;
  /** Instead of the commit: gives back what was opened, and everything is as before. */
  abandon?(): Promise<void>;
}

/** A part of the program that another configuration can replace while it runs. */
export interface Replaceable<Settings> {
  /**
   * Makes it anew from `settings`, beside the one that runs, which goes on untouched.
   * @returns `undefined` where nothing of this part has changed
   * @throws HarbingerError where it cannot be made; nothing has changed then
   */
  prepare(settings: Settings): Promise<Replacement | undefined>;
}
