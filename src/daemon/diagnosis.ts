/** What an examination found: `bad` stops something from working, `warning` may surprise. */
export interface Diagnosis {
  readonly state: "ok" | "warning" | "bad";
  readonly subject: string;
  readonly finding: string;
  readonly remedy?: string;
}
