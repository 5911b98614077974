/**
 * A part of the store that names its methods that only read. SQLite runs those in a second thread, beside the one that
 * writes. A method that is not named here runs where the store is written to: right for any method, and slower for a long query.
 */
export interface NamesReadMethods<Part> {
  readonly readMethods: readonly (keyof Part & string)[];
}
