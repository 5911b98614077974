/**
 * What a scanner sends whatever the protocol. `start` is what the payload begins with, one character a byte; `exact` means
 * that nothing follows; `later` is more of the pattern at an offset.
 */
export interface PayloadMark {
  readonly scanner: string;
  /** As the scanner's own data file calls it. */
  readonly probe: string;
  readonly start: string;
  readonly exact?: true;
  readonly later?: { readonly at: number; readonly text: string };
  /** Who sends the same bytes without scanning. With it the payload names no scanner. */
  readonly clients?: string;
}
