import { latin1 } from "../reader.ts";
import { parseNegotiation } from "../telnet/negotiation.ts";
import type { TypedSecret } from "../typed-secrets.ts";
import { type Dialogue, readable, Transcript } from "./transcript.ts";

const interpretAsCommand = 0xff;
const [end, begin, will, wont, doIt, dont] = [0xf0, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe];
const [echo, terminalType, newEnvironment] = [1, 24, 39];
/** The options that the banner requests: if the client agrees, no answer is due. */
const requestedOptions: ReadonlySet<number> = new Set([terminalType, 32, 35, newEnvironment]);
const maxNegotiations = 32;
const maxLogins = 3;
const maxUserCharacters = 128;

/**
 * A Telnet server that refuses every login: it asks three times for a user and a password, and refuses every option (RFC 854,
 * RFC 855). It requests the terminal type (RFC 1091) and the user in the client's environment (RFC 1572).
 */
export function readTelnet(bytes: Uint8Array, typed: readonly TypedSecret[]): Dialogue {
  // At a Telnet prompt a line that looks like a login of another protocol is secret as a whole.
  const transcript = new Transcript(
    "\r\n",
    typed.map((secret) => ({ ...secret, isWhollySecret: true })),
  );
  const session = new Session(transcript);
  const negotiation = parseNegotiation(bytes);
  if (negotiation.kind === "match") {
    transcript.begin(true);
    for (const option of negotiation.value.negotiations) transcript.list("negotiations", option);
    transcript.fact("terminal", negotiation.value.terminal ?? "");
  }
  let line = new TypedLine();
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === interpretAsCommand && bytes[at + 1] !== interpretAsCommand) {
      at = readCommand(bytes, at, session);
      continue;
    }
    if (byte === interpretAsCommand) at += 1;
    const lineEnd = lengthOfLineEnd(bytes, at);
    if (lineEnd === 0) {
      line.add(bytes, at);
      at += 1;
      continue;
    }
    // NUL is ignored (RFC 854) before a line has begun.
    if (byte !== 0x00 || line.text !== "") {
      transcript.begin(byte !== 0x00 && isUserName(line.text));
      session.line(line);
      line = new TypedLine();
    }
    at += lineEnd;
  }
  session.open(line);
  return transcript.result();
}

/**
 * CR, LF, CR LF and CR NUL are one line end, and so are CR CR LF and LF CR of programs that convert line ends twice or swap
 * them. An incomplete one is not an empty line yet.
 */
function lengthOfLineEnd(bytes: Uint8Array, at: number): number {
  const [first, second, third] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (first === 0x00) return 1;
  if (first === 0x0a) return second === 0x0d && third !== 0x0a && third !== 0x00 ? 2 : 1;
  if (first !== 0x0d) return 0;
  if (second === 0x0a || second === 0x00) return 2;
  return second === 0x0d && (third === 0x0a || third === undefined) ? 3 : 1;
}

/** A typed line; Telnet commands may come between its bytes. */
class TypedLine {
  text = "";
  readonly ranges: { start: number; end: number }[] = [];

  add(bytes: Uint8Array, at: number): void {
    this.text += String.fromCharCode(bytes[at] ?? 0);
    const last = this.ranges.at(-1);
    if (last !== undefined && last.end === at) last.end = at + 1;
    else this.ranges.push({ start: at, end: at + 1 });
  }
}

/** The state of the login. */
class Session {
  readonly transcript: Transcript;
  #isPasswordDue = false;
  /** After an empty password or an empty line it is uncertain which lines are passwords. */
  #mayAnyLineBePassword = false;
  #logins = 0;
  #negotiations = 0;

  constructor(transcript: Transcript) {
    this.transcript = transcript;
  }

  line(line: TypedLine): void {
    const { transcript } = this;
    if (this.#isPasswordDue) {
      this.#hide(line);
      this.#mayAnyLineBePassword ||= line.text === "";
      this.#isPasswordDue = false;
      this.#logins += 1;
      const refusal = "\xff\xfc\x01\r\nLogin incorrect\r\n";
      if (this.#logins >= maxLogins) transcript.end(refusal);
      else transcript.answer(`${refusal}login: `);
    } else if (line.text === "") {
      transcript.answer("login: ");
    } else {
      this.#isPasswordDue = true;
      if (this.#mayAnyLineBePassword) this.#hide(line);
      else this.#recordUser(line);
      // The server announces that it echoes but does not, so that the client does not show the password.
      transcript.answer("\xff\xfb\x01Password: ");
    }
  }

  /** Handles a line that has not ended yet. */
  open(line: TypedLine): void {
    if (this.#isPasswordDue || this.#mayAnyLineBePassword) this.#hide(line);
  }

  /** @returns whether the limit of answers to options still allows one */
  negotiate(): boolean {
    this.#negotiations += 1;
    return this.#negotiations <= maxNegotiations;
  }

  #recordUser({ text, ranges }: TypedLine): void {
    const { transcript } = this;
    const start = ranges[0]?.start ?? 0;
    const end = ranges.at(-1)?.end ?? start;
    const user = transcript.withoutSecrets({ start, end, text: text.slice(0, maxUserCharacters) });
    transcript.show(user);
    transcript.user(readable(user.text));
  }

  #hide({ text, ranges }: TypedLine): void {
    const [first, ...more] = ranges;
    if (first !== undefined) this.transcript.hide(first, readable(text));
    for (const range of more) this.transcript.hide(range);
  }
}

function isUserName(text: string): boolean {
  if (text.length > maxUserCharacters) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a typed name contains none of these
  return !/[\x00-\x08\x0b-\x1f]/.test(text);
}

/** @returns the offset of the next byte */
function readCommand(bytes: Uint8Array, at: number, session: Session): number {
  const command = bytes[at + 1];
  const option = bytes[at + 2];
  if (command === begin) return readSubnegotiation(bytes, at + 2, session);
  if (command === undefined || command < begin) return at + 2;
  if (option === undefined) return bytes.length;
  if (session.negotiate()) answerOption(command, option, session.transcript);
  return at + 3;
}

/** RFC 1143: no answer to an agreement that we requested, and none to a refusal. */
function answerOption(command: number, option: number, transcript: Transcript): void {
  const refusal = String.fromCharCode(interpretAsCommand, command === will ? dont : wont, option);
  if (command === will && !requestedOptions.has(option)) transcript.reply(refusal);
  else if (command === doIt && option !== echo) transcript.reply(refusal);
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
  if (contents[0] === newEnvironment) hidePasswords(contents, start, session.transcript);
  if (isWhole && contents[0] === newEnvironment) session.transcript.fact("environmentUser", environmentUser(contents));
  if (isWhole && contents[0] === terminalType && contents[1] === 0) {
    session.transcript.fact("terminal", latin1(contents.subarray(2, 66)));
  }
  return isWhole ? at + 2 : bytes.length;
}

/** Hides the values of variables with the name of a password: VAR or USERVAR, the name, VALUE, the value. */
function hidePasswords(contents: Uint8Array, offset: number, transcript: Transcript): void {
  let start = 0;
  let value = -1;
  for (let at = 0; at <= contents.length; at++) {
    if (contents[at] === 1 && value < start) value = at;
    if (at < contents.length && contents[at] !== 0 && contents[at] !== 3) continue;
    if (value >= start && /pass|pwd|secret|token/i.test(latin1(contents, start, value))) {
      transcript.hide({ start: offset + value + 1, end: offset + at }, readable(latin1(contents, value + 1, at)));
    }
    start = at + 1;
  }
}

/** IS or INFO, then VAR or USERVAR, a name, VALUE, a value: the value of USER. RFC 1572 section 2. */
function environmentUser(contents: Uint8Array): string {
  const text = latin1(contents.subarray(2, 1024));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they separate names and values
  const value = /[\x00\x03]USER\x01([^\x00-\x03]{0,256})/.exec(text)?.[1];
  return value === undefined ? "" : readable(value);
}
