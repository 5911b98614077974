import { findIndentationMistake } from "./indentation.ts";
import { findOpenQuote } from "./open-quote.ts";
import { messageOfSyntaxError } from "./syntax-messages.ts";
import { findTypographicQuote, quoteMessage } from "./typographic-quotes.ts";

/** Line and column, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

interface SyntaxProblem extends Place {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The rest of the file can still be read. */
  readonly isLocal: boolean;
}

/** @param code of the `yaml` library */
export function syntaxProblem(code: string, place: Place): SyntaxProblem {
  return { ...place, path: [], code, message: messageOfSyntaxError(code), isLocal: localErrors.has(code) };
}

/** Replaces the parser's errors by their cause if the text shows it: an open quote, typographic quotes or wrong indentation. */
export function explainSyntaxProblems(
  problems: readonly SyntaxProblem[],
  source: string,
  placeOf: (offset: number) => Place,
): SyntaxProblem[] {
  const open = problems.some(({ code }) => followsFromIndentation.has(code)) ? findOpenQuote(source) : undefined;
  if (open === undefined) return explainOthers(problems, source);
  const place = placeOf(open);
  if (findTypographicQuote(source.split("\n")[place.line - 1] ?? "") >= 0) return explainOthers(problems, source);
  // All of the rest of the file is a part of the text.
  const before = problems.filter(({ line }) => line < place.line);
  return [
    ...explainOthers(before, source),
    { ...place, path: [], code: "MISSING_CHAR", message: openQuote, isLocal: false },
  ];
}

const openQuote = "this quote is never closed: write the closing quote behind the text";

function explainOthers(problems: readonly SyntaxProblem[], source: string): SyntaxProblem[] {
  const mistake = problems.some(({ code }) => followsFromIndentation.has(code))
    ? findIndentationMistake(source)
    : undefined;
  // Errors after a wrong indentation are probably consequences of it.
  const others = problems.filter(
    ({ code, line }) => mistake === undefined || !followsFromIndentation.has(code) || line < mistake.line - 1,
  );
  const lines = source.split("\n");
  const quotesIn = new Map<string, number>();
  // One line may contain thousands of problems.
  const quoteIn = (line: string): number => {
    const column = quotesIn.get(line) ?? findTypographicQuote(line);
    quotesIn.set(line, column);
    return column;
  };
  const explained = others.map((problem): SyntaxProblem => {
    const line = lines[problem.line - 1] ?? "";
    const column = quoteIn(line);
    if (column < 0 || problem.isLocal) return problem;
    return { ...problem, column: column + 1, message: quoteMessage(line[column] ?? "") };
  });
  if (mistake === undefined) return explained;
  return [...explained, { ...mistake, code: "BAD_INDENT", path: [], isLocal: false }];
}

/** Errors that the parser reports for wrong indentation: on that line, or on the line before or after. */
const followsFromIndentation: ReadonlySet<string> = new Set([
  "BAD_INDENT",
  "BLOCK_AS_IMPLICIT_KEY",
  "MULTILINE_IMPLICIT_KEY",
  "MISSING_CHAR",
  "UNEXPECTED_TOKEN",
]);

/** Errors after which the rest of the file can still be read. */
const localErrors: ReadonlySet<string> = new Set(["TAG_RESOLVE_FAILED"]);
