import { latin1 } from "../reader.ts";
import { parse as parseNegotiation } from "../telnet/parse.ts";
import { type Dialogue, type Piece, readable, Transcript } from "./transcript.ts";

const interpretAsCommand = 0xff;
const [end, begin, will, wont, doIt, dont] = [0xf0, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe];
const [echo, terminalType, newEnvironment] = [1, 24, 39];
/** What the banner asks the client to do: an agreement needs no answer. */
const asked: ReadonlySet<number> = new Set([terminalType, 32, 35, newEnvironment]);
const maximumNegotiations = 32;
const maximumLogins = 3;
const maximumUserCharacters = 128;

/**
 * A Telnet server that lets nobody in: it asks for a user and a password, three times, and refuses every option (RFC 854, RFC 855).
 * It asks for the terminal (RFC 1091) and the user that the client's environment names (RFC 1572).
 */
export function readTelnet(bytes: Uint8Array): Dialogue {
  const transcript = new Transcript("\r\n");
  const session = new Session(transcript);
  const negotiation = parseNegotiation(bytes);
  if (negotiation.kind === "match") {
    transcript.begin(true);
    for (const option of negotiation.value.negotiations) transcript.list("negotiations", option);
    transcript.fact("terminal", negotiation.value.terminal ?? "");
  }
  let typed: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === interpretAsCommand && bytes[at + 1] !== interpretAsCommand) {
      at = readCommand(bytes, at, session);
      continue;
    }
    if (byte === interpretAsCommand) at += 1;
    if (byte === 0x0d || byte === 0x0a) {
      session.line(pieceOf(bytes, typed));
      typed = [];
      // CR LF and CR NUL are one line end.
      if (byte === 0x0d && (bytes[at + 1] === 0x0a || bytes[at + 1] === 0x00)) at += 1;
    } else {
      typed.push(at);
    }
    at += 1;
  }
  session.open(pieceOf(bytes, typed));
  return transcript.result();
}

/** The bytes that were typed; commands may stand between them. */
function pieceOf(bytes: Uint8Array, places: readonly number[]): TypedLine {
  const start = places[0] ?? 0;
  const last = places.at(-1);
  return {
    start,
    end: last === undefined ? start : last + 1,
    text: latin1(Uint8Array.from(places, (place) => bytes[place] ?? 0)),
    places,
  };
}

interface TypedLine extends Piece {
  readonly places: readonly number[];
}

/** Where the login stands. */
class Session {
  readonly transcript: Transcript;
  #isPasswordDue = false;
  #logins = 0;
  #negotiations = 0;

  constructor(transcript: Transcript) {
    this.transcript = transcript;
  }

  line(line: TypedLine): void {
    const { transcript } = this;
    transcript.begin(isUserName(line.text));
    if (this.#isPasswordDue) {
      this.#hide(line);
      this.#isPasswordDue = false;
      this.#logins += 1;
      const refusal = "\xff\xfc\x01\r\nLogin incorrect\r\n";
      if (this.#logins >= maximumLogins) transcript.end(refusal);
      else transcript.answer(`${refusal}login: `);
    } else if (line.text === "") {
      transcript.answer("login: ");
    } else {
      this.#isPasswordDue = true;
      transcript.user(readable(line.text.slice(0, maximumUserCharacters)));
      // The server says that it echoes, and does not: so the client shows no password.
      transcript.answer("\xff\xfb\x01Password: ");
    }
  }

  /** What has been typed of a line that has no end yet. */
  open(line: TypedLine): void {
    if (this.#isPasswordDue) this.#hide(line);
  }

  /** @returns whether an answer to an option is still allowed */
  negotiate(): boolean {
    this.#negotiations += 1;
    return this.#negotiations <= maximumNegotiations;
  }

  #hide(line: TypedLine): void {
    const [first, ...more] = rangesOf(line.places);
    if (first !== undefined) this.transcript.hide(first, readable(line.text));
    for (const range of more) this.transcript.hide(range);
  }
}

function isUserName(text: string): boolean {
  if (text.length > maximumUserCharacters) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: whoever types a name types none of these
  return !/[\x00-\x08\x0b-\x1f]/.test(text);
}

function rangesOf(places: readonly number[]): { readonly start: number; readonly end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  for (const place of places) {
    const last = ranges.at(-1);
    if (last !== undefined && last.end === place) last.end = place + 1;
    else ranges.push({ start: place, end: place + 1 });
  }
  return ranges;
}

/** @returns where the next byte stands */
function readCommand(bytes: Uint8Array, at: number, session: Session): number {
  const command = bytes[at + 1];
  const option = bytes[at + 2];
  if (command === begin) return readSubnegotiation(bytes, at + 2, session);
  if (command === undefined || command < begin) return at + 2;
  if (option === undefined) return bytes.length;
  if (session.negotiate()) answerOption(command, option, session.transcript);
  return at + 3;
}

/** RFC 1143: an agreement to what we asked for gets no answer, a refusal neither. */
function answerOption(command: number, option: number, transcript: Transcript): void {
  const told = String.fromCharCode(interpretAsCommand, command === will ? dont : wont, option);
  if (command === will && !asked.has(option)) transcript.reply(told);
  else if (command === doIt && option !== echo) transcript.reply(told);
  else if (command === will && (option === terminalType || option === newEnvironment)) {
    // SEND: RFC 1091 section 2, RFC 1572 section 2.
    transcript.reply(String.fromCharCode(interpretAsCommand, begin, option, 1, interpretAsCommand, end));
  }
}

function readSubnegotiation(bytes: Uint8Array, start: number, session: Session): number {
  let at = start;
  while (at < bytes.length && !(bytes[at] === interpretAsCommand && bytes[at + 1] === end)) {
    at += bytes[at] === interpretAsCommand ? 2 : 1;
  }
  const contents = bytes.subarray(start, Math.min(at, bytes.length));
  const isWhole = at < bytes.length;
  if (isWhole && contents[0] === newEnvironment) session.transcript.fact("environmentUser", environmentUser(contents));
  if (isWhole && contents[0] === terminalType && contents[1] === 0) {
    session.transcript.fact("terminal", latin1(contents.subarray(2, 66)));
  }
  return isWhole ? at + 2 : bytes.length;
}

/** IS or INFO, then VAR or USERVAR, a name, VALUE, a value: the value of USER. RFC 1572 section 2. */
function environmentUser(contents: Uint8Array): string {
  const text = latin1(contents.subarray(2, 1024));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they stand between names and values
  const value = /[\x00\x03]USER\x01([^\x00-\x03]{0,256})/.exec(text)?.[1];
  return value === undefined ? "" : readable(value);
}
