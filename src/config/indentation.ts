/** A wrongly indented line or an unclosed bracket, with a remedy. Line and column from 1. The message does not quote the text. */
export interface IndentationMistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A mapping or list that contains the current line. Columns are counted from 0. */
interface Level {
  readonly column: number;
  readonly isList: boolean;
  /** The line of its last entry, from 1, and whether that entry has a value on the same line. */
  line: number;
  hasValue: boolean;
}

/**
 * Finds the first line of a YAML text whose indentation matches no line of its section. The parser often reports the line before
 * or after it, so this runs after the parser has failed. Never throws; returns `undefined` for unsupported syntax (quotes over several
 * lines).
 */
export function findIndentationMistake(text: string): IndentationMistake | undefined {
  const levels: Level[] = [];
  let flowDepth = 0;
  let opened: Pick<IndentationMistake, "line" | "column"> | undefined;
  /** Lines of a block scalar (`|`, `>`) are indented deeper than this. */
  let scalarColumn: number | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const column = raw.search(/[^ ]/);
    if (column < 0 || raw[column] === "#" || raw[column] === "\r") continue;
    if (raw[column] === "\t") return undefined;
    if (scalarColumn !== undefined && column > scalarColumn) continue;
    scalarColumn = undefined;
    const shape = shapeOf(raw.slice(column));
    if (shape === undefined) return undefined;
    const isInside = flowDepth > 0;
    if (!isInside && shape.flow > 0) opened = { line, column: column + shape.bracket + 1 };
    flowDepth = Math.max(0, flowDepth + shape.flow);
    if (isInside) continue;
    const mistake = place(levels, { line, column, shape });
    if (mistake !== undefined) return mistake;
    if (shape.startsBlockScalar) scalarColumn = levels.at(-1)?.column ?? column;
  }
  if (flowDepth === 0 || opened === undefined) return undefined;
  return { ...opened, message: "this bracket or brace is never closed" };
}

interface Shape {
  /** Offsets of the hyphens of list entries at its start: `- - a` has two. */
  readonly hyphens: readonly number[];
  /** Offset of a key after them. */
  readonly key: number | undefined;
  readonly hasValue: boolean;
  readonly startsBlockScalar: boolean;
  /** Brackets opened and not closed. */
  readonly flow: number;
  /** Offset of the first of them. */
  readonly bracket: number;
}

interface Line {
  readonly line: number;
  readonly column: number;
  readonly shape: Shape;
}

/** Assigns a line to its level, or returns the mistake if no level matches. */
function place(levels: Level[], { line, column, shape }: Line): IndentationMistake | undefined {
  const { hyphens, key } = shape;
  // Text that continues the previous line.
  if (hyphens.length === 0 && key === undefined) return undefined;
  const starts = [
    ...hyphens.map((offset) => ({ at: column + offset, isList: true })),
    ...(key === undefined ? [] : [{ at: column + key, isList: false }]),
  ];
  for (const [index, { at, isList }] of starts.entries()) {
    const left = index === 0 ? leave(levels, at, isList) : undefined;
    const top = levels.at(-1);
    const isEntry = top !== undefined && top.column === at && top.isList === isList;
    if (!isEntry && index === 0) {
      if (left !== undefined) return misplaced(line, at, [left, ...levels]);
      if (top?.hasValue === true) {
        // Without a key it is text that continues the previous line.
        return key === undefined ? undefined : tooDeep(line, at, top);
      }
    }
    const isLast = index === starts.length - 1;
    const entry = { line, hasValue: isLast ? shape.hasValue : false };
    if (isEntry) Object.assign(top, entry);
    else levels.push({ column: at, isList, ...entry });
  }
  return undefined;
}

/**
 * Closes the levels that end at a line with this column. A list may begin at the column of its key.
 * @returns the last closed level if the line is deeper than the remaining ones, so that no level matches
 */
function leave(levels: Level[], at: number, isList: boolean): Level | undefined {
  let left: Level | undefined;
  for (let top = levels.at(-1); top !== undefined; top = levels.at(-1)) {
    const ends = top.column > at || (top.column === at && top.isList && !isList);
    if (!ends) break;
    left = top;
    levels.pop();
  }
  const top = levels.at(-1);
  const linesUp = top === undefined ? at === 0 : top.column === at;
  return linesUp ? undefined : left;
}

function tooDeep(line: number, at: number, above: Level): IndentationMistake {
  const message = `wrong indentation: the line begins at column ${at + 1}, deeper than line ${above.line}, which already has a value; begin it at column ${above.column + 1}`;
  return { line, column: at + 1, message };
}

const columnsNamed = 3;

function misplaced(line: number, at: number, levels: readonly Level[]): IndentationMistake {
  const columns = [...new Set(levels.map(({ column }) => column + 1))].sort((a, b) => b - a).slice(0, columnsNamed);
  const message = `wrong indentation: the line begins at column ${at + 1}, where no line above it begins; begin it at column ${columns.join(" or ")}`;
  return { line, column: at + 1, message };
}

/** `undefined` if a quote is not closed on its line. */
function shapeOf(text: string): Shape | undefined {
  const code = withoutQuotesAndComment(text);
  if (code === undefined) return undefined;
  const hyphens: number[] = [];
  let start = 0;
  while (code[start] === "-" && (code[start + 1] === " " || code[start + 1] === undefined)) {
    hyphens.push(start);
    start += 1;
    while (code[start] === " ") start += 1;
  }
  const rest = code.slice(start);
  const colon = rest.startsWith("[") || rest.startsWith("{") ? -1 : keyEnd(rest);
  const value = (colon < 0 ? rest : rest.slice(colon + 1)).trim();
  const flow = count(code, "[{") - count(code, "]}");
  return {
    hyphens,
    key: colon < 0 ? undefined : start,
    // An anchor or a tag alone is followed by its value.
    hasValue: value !== "" && !/^[&!]\S*$/.test(value),
    startsBlockScalar: /^(?:[&!]\S* +)?[|>][-+0-9]{0,2}$/.test(value),
    flow,
    bracket: code.search(/[[{]/),
  };
}

/** The colon that ends a key: followed by a space or the end of the line. */
function keyEnd(text: string): number {
  for (let at = text.indexOf(":"); at >= 0; at = text.indexOf(":", at + 1)) {
    if (text[at + 1] === undefined || text[at + 1] === " ") return at;
  }
  return -1;
}

/** Replaces quoted text by `q` and removes the comment. */
function withoutQuotesAndComment(text: string): string | undefined {
  let code = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    const before = text[at - 1];
    const startsWord = before === undefined || /[\s,[{:-]/.test(before);
    if (character === "#" && (before === undefined || before === " ")) break;
    if ((character !== '"' && character !== "'") || !startsWord) {
      code += character;
      continue;
    }
    const end = closingQuote(text, at);
    if (end === undefined) return undefined;
    code += "q".repeat(end - at + 1);
    at = end;
  }
  return code.trimEnd();
}

function closingQuote(text: string, from: number): number | undefined {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at += 1) {
    if (quote === '"' && text[at] === "\\") at += 1;
    else if (text[at] === quote && quote === "'" && text[at + 1] === "'") at += 1;
    else if (text[at] === quote) return at;
  }
  return undefined;
}

function count(text: string, characters: string): number {
  let found = 0;
  for (const character of text) if (characters.includes(character)) found += 1;
  return found;
}
