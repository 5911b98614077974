/** A line with other blanks, dashes and forms of letters (NFKC, Unicode Standard Annex 15) replaced by the plain ones. */
export function lookOf(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/\p{Pd}|\u2212/gu, "-")
    .replace(/\p{Zs}/gu, " ")
    .trimEnd();
}
