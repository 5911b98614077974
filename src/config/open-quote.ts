import { Lexer } from "yaml";

/** Marks of the lexer between the pieces of the text: a document, the end of a flow collection, a plain text. */
const marks: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001f"]);
const plainText = "\u001f";

/**
 * Where a text in quotes begins that is never closed: the parser reports it where the file ends, or where the text is no longer indented.
 * @returns the offset of the quote, or `undefined` if all are closed
 */
export function findOpenQuote(source: string): number | undefined {
  let offset = 0;
  let isPlain = false;
  for (const piece of new Lexer().lex(source)) {
    if (marks.has(piece)) {
      isPlain = piece === plainText;
      continue;
    }
    if (!isPlain && isOpen(piece)) return offset;
    isPlain = false;
    offset += piece.length;
  }
  return undefined;
}

function isOpen(piece: string): boolean {
  if (piece.startsWith("'")) return !piece.slice(1).replaceAll("''", "").endsWith("'");
  return piece.startsWith('"') && !/^"(?:[^"\\]|\\.)*"$/s.test(piece);
}
