/** A result of `doctor`: `bad` prevents something from working, `warning` may be unexpected. */
export interface Diagnosis {
  readonly state: "ok" | "warning" | "bad";
  readonly subject: string;
  readonly finding: string;
  readonly remedy?: string | undefined;
}
