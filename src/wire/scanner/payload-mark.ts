/**
 * A payload of a scanner in any protocol. `start` is its beginning, one character per byte; `exact` means that nothing follows;
 * `later` is a further part of the pattern at an offset.
 */
export interface PayloadMark {
  readonly scanner: string;
  /** The name in the scanner's own data file. */
  readonly probe: string;
  readonly start: string;
  readonly exact?: true;
  readonly later?: { readonly at: number; readonly text: string };
  /** Normal clients that send the same bytes: then the payload does not identify the scanner. */
  readonly clients?: string;
}
