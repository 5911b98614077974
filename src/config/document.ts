import { LineCounter, parseDocument } from "yaml";
import { DocumentConverter } from "./document-converter.ts";
import type { RawValue } from "./raw-value.ts";
import { explainSyntaxProblems, type Place, syntaxProblem } from "./syntax-problems.ts";
import { scalarTags } from "./yaml-scalars.ts";

/** A message about one place in the document. */
interface DocumentMessage extends Place {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** A YAML file as plain data, with the position of each part. */
export interface ParsedDocument {
  /** `undefined` if the file has no content, or if its syntax errors make the rest unreliable. */
  readonly root: RawValue;
  readonly errors: readonly DocumentMessage[];
  /** Keys and values that begin with a typographic quote. This may be intended. */
  readonly quotes: readonly DocumentMessage[];
  /** The place of the key or the value at `path`, or of the nearest part above it that exists. */
  locate(path: readonly PropertyKey[], what: "key" | "value"): Place;
}

/** Parses YAML text. Never throws: errors are values. Messages quote keys of the text, never values. */
export function parseYaml(text: string): ParsedDocument {
  const lines = new LineCounter();
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.min(offset, source.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  try {
    return convert(source, lines, at);
  } catch (error) {
    // The parser is recursive: many nested brackets exhaust the stack.
    if (!(error instanceof RangeError)) throw error;
    const errors = [{ line: 1, column: 1, path: [], message: "the file is nested too deeply" }];
    return { root: undefined, errors, quotes: [], locate: () => ({ line: 1, column: 1 }) };
  }
}

function convert(source: string, lines: LineCounter, at: (offset: number) => Place): ParsedDocument {
  const document = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    schema: "failsafe",
    customTags: [...scalarTags],
    merge: true,
    uniqueKeys: false,
    logLevel: "error",
  });
  const converter = new DocumentConverter(document);
  const problems = [...document.errors, ...document.warnings].map(({ code, pos }) => syntaxProblem(code, at(pos[0])));
  const errors = explainSyntaxProblems(problems, source, at);
  const isUsable = errors.every(({ isLocal }) => isLocal);
  const root = isUsable ? converter.convert(document.contents, []) : undefined;
  return {
    root,
    errors: [...errors, ...converter.errors.map(({ offset, ...error }) => ({ ...error, ...at(offset) }))],
    quotes: converter.quotes.map(({ offset, ...quote }) => ({ ...quote, ...at(offset) })),
    locate: (path, what) => at(converter.offsetOf(root, path, what)),
  };
}
