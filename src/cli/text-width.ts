/** Widths and line breaks of text on a terminal. */

/** Number of cells that a text occupies: wide characters of East Asian scripts and emoji occupy two, combining marks none. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (combining.test(character)) continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}

const combining = /[\p{Mn}\p{Me}\p{Cf}]/u;
/** https://www.unicode.org/reports/tr11/: the blocks of wide and fullwidth characters, roughly. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Splits a line into words for wrapping. A date and its time are not separated. */
export function words(text: string): string[] {
  return text.split(/ +(?!\d\d:\d\d:\d\d)/).filter((word) => word !== "");
}

export function longestWord(text: string): number {
  return Math.max(0, ...words(text).map(textWidth));
}

/** The part of a text that fits into `width` cells; cut text ends in an ellipsis. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let cut = "";
  let cells = 1;
  for (const character of text) {
    cells += textWidth(character);
    if (cells > width) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}

/** Wraps to lines of at most `width` cells; a longer word gets its own line. Blanks within a line are kept. */
export function wrapWords(text: string, width: number): string[] {
  if (textWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  let wordEnd = 0;
  for (const { 0: word, index } of text.matchAll(wordOrMore)) {
    const blanks = text.slice(wordEnd, index);
    wordEnd = index + word.length;
    if (line !== "" && textWidth(line) + blanks.length + textWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : line + blanks + word;
  }
  return [...lines, line];
}

const wordOrMore = /[^ ]+(?: +\d\d:\d\d:\d\d[^ ]*)*/g;

/** Below this width wrapped text is unreadable. */
const minWrapWidth = 20;

/** Wraps each line for a terminal of `width` cells; continuation lines are indented deeper. */
export function foldText(text: string, width: number, deeper = 4): string {
  return text
    .split("\n")
    .flatMap((line) => {
      const indent = /^ */.exec(line)?.[0] ?? "";
      const room = width - indent.length;
      if (textWidth(line) <= width || room - deeper < minWrapWidth) return [line];
      const [first = "", ...rest] = wrapWords(line.slice(indent.length), room);
      const folded = rest.length === 0 ? [] : wrapWords(rest.join(" "), room - deeper);
      return [indent + first, ...folded.map((part) => indent + " ".repeat(deeper) + part)];
    })
    .join("\n");
}

const explained = "   # ";

/** `  command   # explanation`: if the line is too long, the command is not wrapped and the explanation follows below it. */
export function foldIndented(line: string, width: number): string {
  const at = line.indexOf(explained);
  if (textWidth(line) <= width || at < 0) return line;
  const margin = "      # ";
  const about = wrapWords(line.slice(at + explained.length), Math.max(minWrapWidth, width - margin.length));
  return [line.slice(0, at).trimEnd(), ...about.map((part) => margin + part)].join("\n");
}
