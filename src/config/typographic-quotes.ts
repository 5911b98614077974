/** Quotes as word processors and telephones write them. YAML takes them for text. */
const quotes = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a";

/** The typographic quote with which a text begins, as what was to be in quotes does. */
export function typographicQuote(text: string): string | undefined {
  const first = text[0];
  return first !== undefined && quotes.includes(first) ? first : undefined;
}

/** Where the first of them stands in a line, from 0, where it begins a word; -1 where none does. */
export function findTypographicQuote(line: string): number {
  for (let at = 0; at < line.length; at += 1) {
    if (quotes.includes(line[at] ?? "") && (at === 0 || /[\s,[{:-]/.test(line[at - 1] ?? ""))) return at;
  }
  return -1;
}

export function quoteMessage(quote: string): string {
  return `${quote} is a typographic quote, which YAML takes for text; write a plain " or ' instead`;
}
