import type { Details } from "../../core/identification.ts";
import { fact } from "../fact.ts";
import { latin1, utf8 } from "../reader.ts";
import type { Secret } from "../secret.ts";
import type { TypedSecret } from "../typed-secrets.ts";

/** The number of commands that are answered; the next answer is the farewell. */
export const maxAnswers = 16;
/** The number of unknown or unavailable commands that are answered. */
const maxErrors = 4;
const maxListed = 16;

/** What a client sent in a dialogue with a server that refuses every login, and the server's answers. */
export interface Dialogue {
  /** `yes`: the first command belongs to this protocol; `no`: it does not; `unknown`: it has not arrived yet. */
  readonly recognised: "yes" | "no" | "unknown";
  /** One for each command so far, in order; one character per byte. */
  readonly answers: readonly string[];
  /** The server closes after the last of these answers. */
  readonly isOver: boolean;
  readonly facts: Details;
  readonly secrets: readonly Secret[];
  /** Parts of login lines that are facts, and therefore not secret. */
  readonly shown: readonly Pick<Piece, "start" | "end">[];
}

/** A part of a message: its position and its text, one character per byte. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A line without its line end. */
export interface Line extends Piece {
  /** Its line end has arrived. */
  readonly ended: boolean;
}

/** The lines from `offset` on; the last one may not have ended. */
export function* linesOf(bytes: Uint8Array, offset = 0): Generator<Line> {
  let start = offset;
  while (start < bytes.length) {
    const lineFeed = bytes.indexOf(0x0a, start);
    const ended = lineFeed !== -1;
    let end = ended ? lineFeed : bytes.length;
    if (end > start && bytes[end - 1] === 0x0d) end -= 1;
    yield { start, end, text: latin1(bytes, start, end), ended };
    start = ended ? lineFeed + 1 : bytes.length;
  }
}

/**
 * The commands from `offset` on. Any sequence of CR, LF and NUL ends one; a CR at the end of the bytes may still be the beginning
 * of such a sequence. Each further LF in it is an empty line.
 */
export function* commandLinesOf(bytes: Uint8Array, offset = 0): Generator<Line> {
  let start = skipLineEnds(bytes, offset);
  while (start < bytes.length) {
    let end = start;
    while (end < bytes.length && !isLineEnd(bytes[end])) end += 1;
    const ended = end < bytes.length && (bytes[end] !== 0x0d || end + 1 < bytes.length);
    yield { start, end, text: latin1(bytes, start, end), ended };
    start = skipLineEnds(bytes, end);
    let hasLineFeed = false;
    for (let at = end; at < start; at++) {
      if (bytes[at] !== 0x0a) continue;
      if (hasLineFeed) yield { start: at, end: at, text: "", ended: true };
      hasLineFeed = true;
    }
  }
}

/** The offset of the next byte that is not a line end. */
export function skipLineEnds(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (at < bytes.length && isLineEnd(bytes[at])) at += 1;
  return at;
}

export function isLineEnd(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d || byte === 0x00;
}

/** The first word of a line in upper case, and the rest. */
export function splitCommand(line: Piece): { readonly verb: string; readonly argument: Piece } {
  const [word, argument] = splitWord(line);
  return { verb: word.text.toUpperCase(), argument };
}

/** The first word of a piece and the rest, both without surrounding spaces and tabs. */
export function splitWord(piece: Piece): readonly [word: Piece, rest: Piece] {
  const { text, start, end } = piece;
  const first = skipSpaces(text, 0);
  let last = first;
  while (last < text.length && !isSpace(text, last)) last += 1;
  const rest = skipSpaces(text, last);
  return [
    { start: start + first, end: start + last, text: text.slice(first, last) },
    { start: start + rest, end, text: text.slice(rest) },
  ];
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text, at)) at += 1;
  return at;
}

function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}

/** Decodes text with one character per byte: as UTF-8 if it is valid. */
export function readable(text: string): string {
  return utf8(Buffer.from(text, "latin1")) ?? text;
}

/** Records a dialogue, within limits. */
export class Transcript {
  readonly #farewell: string;
  readonly #typed: readonly TypedSecret[];
  readonly #shown: Pick<Piece, "start" | "end">[] = [];
  readonly #answers: string[] = [];
  readonly #secrets: Secret[] = [];
  readonly #facts = new Map<string, string | string[]>();
  #recognised: Dialogue["recognised"] = "unknown";
  #isOver = false;
  #answered = 0;
  #errors = 0;

  /**
   * @param farewell sent to a client that exceeds the limits
   * @param typed what counts as secret in any command; in order
   */
  constructor(farewell: string, typed: readonly TypedSecret[]) {
    this.#farewell = farewell;
    this.#typed = typed.filter(({ isWhollySecret }) => isWhollySecret);
  }

  get recognised(): Dialogue["recognised"] {
    return this.#recognised;
  }

  begin(isRecognised: boolean): void {
    if (this.#recognised === "unknown") this.#recognised = isRecognised ? "yes" : "no";
  }

  /** Answers a complete command with `text`. */
  answer(text: string): this {
    if (this.#isOver) return this;
    this.#answered += 1;
    const isLast = this.#answered > maxAnswers;
    this.#answers.push(isLast ? this.#farewell : text);
    this.#isOver = isLast;
    return this;
  }

  /** Sends `text` without counting it as an answer; the caller limits how often. */
  reply(text: string): void {
    if (!this.#isOver) this.#answers.push(text);
  }

  end(text: string): this {
    this.answer(text);
    this.#isOver = true;
    return this;
  }

  error(text: string): this {
    this.#errors += 1;
    return this.#errors > maxErrors ? this.end(this.#farewell) : this.answer(text);
  }

  /** The bytes of `piece` are a secret. */
  hide({ start, end }: Pick<Piece, "start" | "end">, text?: string): void {
    if (end > start) this.#secrets.push({ start, end, text });
  }

  /** The bytes of `piece` are a fact, not a secret. */
  show({ start, end }: Pick<Piece, "start" | "end">): void {
    if (end > start) this.#shown.push({ start, end });
  }

  /** `piece` up to the first typed secret in it. */
  withoutSecrets(piece: Piece): Piece {
    let low = 0;
    let high = this.#typed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#typed[middle]?.end ?? 0) <= piece.start) low = middle + 1;
      else high = middle;
    }
    const end = Math.max(piece.start, this.#typed[low]?.start ?? piece.end);
    if (end >= piece.end) return piece;
    const text = piece.text.slice(0, end - piece.start).trimEnd();
    return { start: piece.start, end: piece.start + text.length, text };
  }

  /** The first command is the fact `command`; later ones are listed in `following`. */
  command(name: string): void {
    if (this.#facts.has("command")) this.list("following", name);
    else this.fact("command", name);
  }

  /** The first user name is the fact `user`; if there are several, `users` lists all of them. */
  user(name: string): void {
    // A name with a line end is more than a name: the rest may be a password.
    if (/[\0\r\n]/.test(name)) return;
    this.several("user", "users", name);
  }

  several(one: string, all: string, text: string): void {
    if (text === "") return;
    const first = this.#facts.get(one);
    if (first === undefined) this.fact(one, text);
    else if (typeof first === "string" && (this.#facts.has(all) || first !== fact(text))) {
      const known = this.#facts.get(all);
      const list = Array.isArray(known) ? known : [first];
      if (list.length < maxListed && !list.includes(fact(text))) list.push(fact(text));
      this.#facts.set(all, list);
    }
  }

  /** Sets a fact that is not set yet. */
  fact(name: string, text: string): void {
    if (text !== "" && !this.#facts.has(name)) this.#facts.set(name, fact(text));
  }

  list(name: string, text: string): void {
    const known = this.#facts.get(name);
    if (!Array.isArray(known)) this.#facts.set(name, [fact(text)]);
    else if (known.length < maxListed) known.push(fact(text));
  }

  result(): Dialogue {
    return {
      recognised: this.#recognised,
      answers: this.#answers,
      isOver: this.#isOver,
      facts: Object.fromEntries(this.#facts),
      secrets: this.#secrets,
      shown: this.#shown,
    };
  }
}
