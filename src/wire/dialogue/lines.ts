import type { TypedSecret } from "../typed-secrets.ts";
import { noteMechanism, SaslExchange, type SaslStep } from "./sasl.ts";
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

/** The server's lines in a SASL login, which it always refuses. */
export interface SaslReplies {
  readonly challenge: (challenge: string) => string;
  readonly refused: string;
  readonly cancelled: string;
  readonly unknown: string;
  /** Sent if a client names no mechanism. Default: as for an unknown mechanism. */
  readonly mechanisms?: string;
}

/** One command, and how a server that refuses every login handles it. */
export interface Command {
  /** Default: the error for an unknown command. @param serverName the name in the server's greeting */
  readonly answer?: string | ((serverName: string) => string);
  /** The server closes after the answer. */
  readonly isLast?: true;
  /** Adds the facts of the argument to the transcript. */
  readonly note?: (argument: Piece, transcript: Transcript) => void;
  /** The secret part of the argument, with its text if that can be read. Also called before the line has ended. */
  readonly secret?: (argument: Piece) => Pick<Piece, "start" | "end"> & { readonly text?: string };
  /** The command begins a SASL login: a mechanism follows, and possibly an initial response. */
  readonly sasl?: SaslReplies;
}

/** A server of a protocol in which each line is a command. */
export interface LineServer {
  /** By name in upper case: one word or two. */
  readonly commands: ReadonlyMap<string, Command>;
  readonly unknown: string;
  /** Sent to a client that exceeds the limit of commands. */
  readonly farewell: string;
}

/** The whole argument is a password. */
export function passwordOf(argument: Piece): ReturnType<NonNullable<Command["secret"]>> {
  return { ...argument, text: readable(argument.text) };
}

/** Reads a client's lines and answers them like `server`. */
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
      if (line.ended && !answerStep(step, login.replies, transcript)) login = undefined;
      continue;
    }
    // An empty line has a meaning only in a login: no name, or no password.
    if (line.text === "") continue;
    const { verb, argument, command } = commandOf(server, line);
    if (line.ended) transcript.begin(command !== undefined);
    const secret = command?.secret?.(argument);
    if (secret !== undefined) transcript.hide(secret, secret.text);
    if (command?.sasl !== undefined) {
      login = beginLogin(verb, argument, line.ended, command.sasl, transcript);
      continue;
    }
    if (!line.ended || transcript.recognised === "no") continue;
    if (command !== undefined) transcript.command(verb);
    command?.note?.(transcript.withoutSecrets(argument), transcript);
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
  readonly replies: SaslReplies;
}

/** @returns the login if it continues */
function beginLogin(
  verb: string,
  argument: Piece,
  isWhole: boolean,
  replies: SaslReplies,
  transcript: Transcript,
): Login | undefined {
  const [mechanism, initial] = splitWord(argument);
  if (!isWhole) {
    transcript.hide(initial);
    return undefined;
  }
  transcript.command(verb);
  if (mechanism.text === "" && replies.mechanisms !== undefined) {
    transcript.answer(replies.mechanisms);
    return undefined;
  }
  noteMechanism(mechanism, transcript);
  const exchange = new SaslExchange(mechanism.text, transcript);
  return answerStep(exchange.start(initial), replies, transcript) ? { exchange, replies } : undefined;
}

/** @returns whether the exchange continues */
export function answerStep(step: SaslStep, replies: SaslReplies, transcript: Transcript): boolean {
  switch (step.kind) {
    case "challenge":
      transcript.answer(replies.challenge(step.challenge));
      return true;
    case "unknown":
      transcript.error(replies.unknown);
      return false;
    default:
      transcript.answer(replies[step.kind]);
      return false;
  }
}
