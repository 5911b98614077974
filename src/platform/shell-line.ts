/**
 * Parses a command line like the shell: into words without their quotes, each with its position in the line, and the operators
 * between them. It is for finding things in a line, not for running it: a line with parts that only a shell can evaluate
 * (`$(...)`, here-documents) is `complex`.
 */
export type ShellLine =
  | { readonly kind: "parts"; readonly parts: readonly ShellPart[] }
  | { readonly kind: "complex"; readonly what: string };

export type ShellPart = ShellWord | ShellOperator;

export interface ShellWord {
  readonly kind: "word";
  /** Without quotes and escapes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The shell expands something in it (`$NAME`, `~`, `%NAME%`), so the program receives something other than `text`. */
  readonly expands: boolean;
}

export interface ShellOperator {
  readonly kind: "operator";
  /** `|`, `||`, `&&`, `;`, `&`, `(`, `)`, a line feed, or the start of a redirection (`>`, `2>`, `>>`, `<`, `>&`). */
  readonly text: string;
  readonly isRedirection: boolean;
  /** Including the digits of a redirection. */
  readonly start: number;
  readonly end: number;
}

/** The rules of POSIX shells (IEEE 1003.1, section 2 of Shell Command Language), or of cmd.exe. */
export type ShellDialect = "posix" | "windows";

export const systemDialect: ShellDialect = process.platform === "win32" ? "windows" : "posix";

/** Longer lines are not parsed. Linux refuses an argument of 128 KiB. */
const maxLineLength = 128 * 1024;

/** Never throws; the work is linear in the length of `line`. */
export function readShellLine(line: string, dialect: ShellDialect = systemDialect): ShellLine {
  if (line.length > maxLineLength) return { kind: "complex", what: "its length" };
  return new ShellLineReader(line, dialect).read();
}

class ShellLineReader {
  readonly #line: string;
  readonly #posix: boolean;
  readonly #parts: ShellPart[] = [];
  #at = 0;

  constructor(line: string, dialect: ShellDialect) {
    this.#line = line;
    this.#posix = dialect === "posix";
  }

  read(): ShellLine {
    while (this.#at < this.#line.length) {
      const character = this.#line.charAt(this.#at);
      if (character === " " || character === "\t" || character === "\r") this.#at += 1;
      else if (character === "#" && this.#posix) this.#skipComment();
      else if (this.#posix && this.#line.startsWith("\\\n", this.#at)) this.#at += 2;
      else {
        const what = this.#isOperator(character) ? this.#readOperator() : this.#readWord();
        if (what !== undefined) return { kind: "complex", what };
      }
    }
    return { kind: "parts", parts: this.#parts };
  }

  #isOperator(character: string): boolean {
    return "|&()<>\n".includes(character) || (this.#posix && character === ";");
  }

  #skipComment(): void {
    while (this.#at < this.#line.length && this.#line.charAt(this.#at) !== "\n") this.#at += 1;
  }

  /** @returns what makes the line too complex */
  #readOperator(): string | undefined {
    const match = /^(?:<<|<\(|>\(|;;|\|\||&&|>>|>&|<&|<>|>\||[|&;()<>\n])/.exec(
      this.#line.slice(this.#at, this.#at + 2),
    );
    const text = match?.[0] ?? this.#line.charAt(this.#at);
    if (["<<", "<(", ">(", ";;"].includes(text)) return `"${text}"`;
    this.#at += text.length;
    const isRedirection = text.includes("<") || text.includes(">");
    let start = this.#at - text.length;
    // The digits of `2>` are not a separate word.
    const before = this.#parts.at(-1);
    if (isRedirection && before?.kind === "word" && before.end === start && /^\d+$/.test(before.text)) {
      this.#parts.pop();
      start = before.start;
    }
    this.#parts.push({ kind: "operator", text, isRedirection, start, end: this.#at });
    return undefined;
  }

  /** @returns what makes the line too complex */
  #readWord(): string | undefined {
    const start = this.#at;
    let text = "";
    let expands = false;
    while (this.#at < this.#line.length) {
      const character = this.#line.charAt(this.#at);
      if (" \t\r".includes(character) || this.#isOperator(character)) break;
      this.#at += 1;
      if (character === '"') {
        const quoted = this.#readDoubleQuoted();
        if (typeof quoted === "string") return quoted;
        text += quoted.text;
        expands ||= quoted.expands;
      } else if (character === "'" && this.#posix) {
        const end = this.#line.indexOf("'", this.#at);
        if (end < 0) return "an unclosed quote";
        text += this.#line.slice(this.#at, end);
        this.#at = end + 1;
      } else if (character === (this.#posix ? "\\" : "^")) {
        // An escaped line feed is removed.
        const escaped = this.#line.charAt(this.#at);
        if (escaped !== "\n") text += escaped;
        this.#at += 1;
      } else {
        if (this.#startsSubstitution(character)) return "a command substitution";
        expands ||= this.#startsExpansion(character) || (character === "~" && this.#posix && this.#at === start + 1);
        text += character;
      }
    }
    const end = Math.min(this.#at, this.#line.length);
    expands ||= this.#posix && hasBraceExpansion(this.#line.slice(start, end));
    this.#parts.push({ kind: "word", text, start, end, expands });
    return undefined;
  }

  #readDoubleQuoted(): { readonly text: string; readonly expands: boolean } | string {
    let text = "";
    let expands = false;
    while (this.#at < this.#line.length) {
      const character = this.#line.charAt(this.#at);
      this.#at += 1;
      if (character === '"') return { text, expands };
      if (character === "\\" && this.#posix && '"\\$`\n'.includes(this.#line.charAt(this.#at) || " ")) {
        const escaped = this.#line.charAt(this.#at);
        if (escaped !== "\n") text += escaped;
        this.#at += 1;
        continue;
      }
      if (this.#startsSubstitution(character)) return "a command substitution";
      expands ||= this.#startsExpansion(character);
      text += character;
    }
    return "an unclosed quote";
  }

  #startsSubstitution(character: string): boolean {
    if (!this.#posix) return false;
    return character === "`" || (character === "$" && this.#line.charAt(this.#at) === "(");
  }

  #startsExpansion(character: string): boolean {
    return character === (this.#posix ? "$" : "%");
  }
}

/** `{a,b}` and `{1..9}` stand for several words. */
function hasBraceExpansion(word: string): boolean {
  return (word.match(/\{[^{}]*\}/g) ?? []).some((braces) => braces.includes(",") || braces.includes(".."));
}
