import type { TypedSecret } from "../typed-secrets.ts";
import { hearMechanism, SaslExchange, type SaslStep } from "./sasl.ts";
import {
  commandLinesOf,
  type Dialogue,
  type Line,
  type Piece,
  readable,
  splitCommand,
  splitWord,
  Transcript,
} from "./transcript.ts";

/** What a server says in a login by SASL that it refuses. */
export interface SaslWords {
  readonly asks: (challenge: string) => string;
  readonly refused: string;
  readonly cancelled: string;
  readonly unknown: string;
  /** Where a client names no mechanism; without it that is one which is not known. */
  readonly mechanisms?: string;
}

/** One command, by what a server that lets nobody in does with it. */
export interface Command {
  /** Without it the command is there, and not here. @param serverName how the server calls itself */
  readonly answer?: string | ((serverName: string) => string);
  /** Nothing follows the answer. */
  readonly isLast?: true;
  /** What it tells. */
  readonly hear?: (argument: Piece, transcript: Transcript) => void;
  /** What in it is a secret, with a text where that can be read; asked before the line has its end, too. */
  readonly secret?: (argument: Piece) => Pick<Piece, "start" | "end"> & { readonly text?: string };
  /** A mechanism follows, and what it begins with. */
  readonly sasl?: SaslWords;
}

/** A server of a protocol in which each line is a command. */
export interface LineServer {
  /** By its one word or its two words, in upper case. */
  readonly commands: ReadonlyMap<string, Command>;
  readonly unknown: string;
  /** Said to a client that goes on for too long. */
  readonly farewell: string;
}

/** All of an argument is a password. */
export function passwordOf(argument: Piece): ReturnType<NonNullable<Command["secret"]>> {
  return { ...argument, text: readable(argument.text) };
}

/** Reads what a client said line by line, and answers as `server` does. */
export function readLines(
  server: LineServer,
  bytes: Uint8Array,
  typed: readonly TypedSecret[],
  serverName = "",
): Dialogue {
  const transcript = new Transcript(server.farewell, typed);
  let login: Login | undefined;
  for (const line of commandLinesOf(bytes)) {
    if (login !== undefined) {
      const step = login.exchange.next(line);
      if (line.ended && !answerStep(step, login.words, transcript)) login = undefined;
      continue;
    }
    // Only in a login an empty line says something: no name, or no password.
    if (line.text === "") continue;
    const { verb, argument, command } = commandOf(server, line);
    if (line.ended) transcript.begin(command !== undefined);
    const secret = command?.secret?.(argument);
    if (secret !== undefined) transcript.hide(secret, secret.text);
    if (command?.sasl !== undefined) {
      login = beginLogin(verb, argument, line.ended, command.sasl, transcript);
      continue;
    }
    if (!line.ended || transcript.isSpoken === "no") continue;
    if (command !== undefined) transcript.command(verb);
    command?.hear?.(transcript.withoutSecrets(argument), transcript);
    const answer = typeof command?.answer === "function" ? command.answer(serverName) : command?.answer;
    if (answer === undefined) transcript.error(server.unknown);
    else if (command?.isLast === true) transcript.end(answer);
    else transcript.answer(answer);
  }
  return transcript.result();
}

function commandOf(server: LineServer, line: Line): { verb: string; argument: Piece; command: Command | undefined } {
  const { verb, argument } = splitCommand(line);
  if (argument.text === "") return { verb, argument, command: server.commands.get(verb) };
  const second = splitCommand(argument);
  const both = server.commands.get(`${verb} ${second.verb}`);
  if (both !== undefined) return { verb: `${verb} ${second.verb}`, argument: second.argument, command: both };
  return { verb, argument, command: server.commands.get(verb) };
}

interface Login {
  readonly exchange: SaslExchange;
  readonly words: SaslWords;
}

/** @returns the login where it goes on */
function beginLogin(
  verb: string,
  argument: Piece,
  isWhole: boolean,
  words: SaslWords,
  transcript: Transcript,
): Login | undefined {
  const [mechanism, initial] = splitWord(argument);
  if (!isWhole) {
    transcript.hide(initial);
    return undefined;
  }
  transcript.command(verb);
  if (mechanism.text === "" && words.mechanisms !== undefined) {
    transcript.answer(words.mechanisms);
    return undefined;
  }
  hearMechanism(mechanism, transcript);
  const exchange = new SaslExchange(mechanism.text, transcript);
  return answerStep(exchange.start(initial), words, transcript) ? { exchange, words } : undefined;
}

/** @returns whether the exchange goes on */
export function answerStep(step: SaslStep, words: SaslWords, transcript: Transcript): boolean {
  switch (step.kind) {
    case "asks":
      transcript.answer(words.asks(step.challenge));
      return true;
    case "unknown":
      transcript.error(words.unknown);
      return false;
    default:
      transcript.answer(words[step.kind]);
      return false;
  }
}
