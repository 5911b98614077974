/** Quotes as word processors and phones write them. For YAML they are ordinary text. */
const quotes = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a";

/** The typographic quote at the start of a text, if any. */
export function typographicQuote(text: string): string | undefined {
  const first = text[0];
  return first !== undefined && quotes.includes(first) ? first : undefined;
}

/** The position, from 0, of the first typographic quote that begins a word of the line; -1 if there is none. */
export function findTypographicQuote(line: string): number {
  for (let at = 0; at < line.length; at += 1) {
    if (quotes.includes(line[at] ?? "") && (at === 0 || /[\s,[{:-]/.test(line[at - 1] ?? ""))) return at;
  }
  return -1;
}

export function quoteMessage(quote: string): string {
  return `${quote} is a typographic quote, which is ordinary text in YAML; write a plain " or ' instead`;
}
