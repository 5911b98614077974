/** A line for comparison: spaces, dashes and letter forms that look alike become the same (NFKC, Unicode Standard Annex 15). */
export function comparableText(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/\p{Pd}|\u2212/gu, "-")
    .replace(/\p{Zs}/gu, " ")
    .trimEnd();
}
