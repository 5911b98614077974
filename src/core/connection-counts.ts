/** Connections that summaries count at most: the latest ones. */
export const maxCounted = 2_000_000;

/** The longest time span of a summary: 366 days. */
export const maxSummaryMs = 366 * 86_400_000;

/** What tells clients apart: of TLS, of SSH, and the user agent of HTTP. */
export const fingerprintKinds = ["ja4", "hassh", "userAgent"] as const;
export type FingerprintKind = (typeof fingerprintKinds)[number];
