import { SaslExchange, type SaslStep } from "./sasl.ts";
import {
  type Dialogue,
  type Line,
  linesOf,
  type Piece,
  readable,
  splitCommand,
  splitWord,
  Transcript,
} from "./transcript.ts";

const verbs: ReadonlySet<string> = new Set([
  "AUTH",
  "BDAT",
  "DATA",
  "EHLO",
  "EXPN",
  "HELO",
  "HELP",
  "LHLO",
  "MAIL",
  "NOOP",
  "QUIT",
  "RCPT",
  "RSET",
  "STARTTLS",
  "VRFY",
]);
const farewell = "421 4.7.0 Error: too many commands\r\n";

/**
 * A mail server that takes no mail and lets nobody in: it hears the name, the sender, the recipients and the user. RFC 5321,
 * RFC 4954. Recipients are accepted so that all of them are named; the message is refused before it is sent.
 */
export function readSmtp(bytes: Uint8Array, serverName = "mail.localdomain"): Dialogue {
  const transcript = new Transcript(farewell);
  let sasl: SaslExchange | undefined;
  let hasLogin = false;
  for (const line of linesOf(bytes)) {
    if (sasl !== undefined) {
      const step = sasl.next(line);
      if (line.ended) sasl = answerStep(step, sasl, transcript);
      continue;
    }
    const { verb, argument } = splitCommand(line);
    if (line.ended) transcript.begin(verbs.has(verb));
    if (verb === "AUTH") {
      hasLogin = true;
      sasl = readAuth(line, argument, transcript);
      continue;
    }
    if (!line.ended || transcript.isSpoken === "no") continue;
    if (verbs.has(verb)) transcript.command(verb);
    // The next step of a login that was refused at once, sent without waiting.
    else if (hasLogin) transcript.hide(line);
    answer(verb, argument.text, { transcript, serverName });
  }
  return transcript.result();
}

function readAuth(line: Line, argument: Piece, transcript: Transcript): SaslExchange | undefined {
  const [mechanism, initial] = splitWord(argument);
  const sasl = new SaslExchange(mechanism.text, transcript);
  if (!line.ended) {
    transcript.hide(initial);
    return undefined;
  }
  transcript.command("AUTH");
  transcript.fact("mechanism", mechanism.text.toUpperCase());
  return answerStep(sasl.start(initial), sasl, transcript);
}

/** @returns the exchange where it goes on */
function answerStep(step: SaslStep, sasl: SaslExchange, transcript: Transcript): SaslExchange | undefined {
  switch (step.kind) {
    case "asks":
      transcript.answer(`334 ${step.challenge}\r\n`);
      return sasl;
    case "refused":
      transcript.answer("535 5.7.8 Error: authentication failed: authentication failure\r\n");
      return undefined;
    case "cancelled":
      transcript.answer("501 5.7.0 Authentication aborted\r\n");
      return undefined;
    case "unknown":
      transcript.error("504 5.5.4 Unrecognized authentication type\r\n");
      return undefined;
  }
}

interface Session {
  readonly transcript: Transcript;
  readonly serverName: string;
}

function answer(verb: string, argument: string, { transcript, serverName }: Session): Transcript {
  switch (verb) {
    case "EHLO":
    case "LHLO":
      transcript.fact("name", readable(argument));
      return transcript.answer(
        `250-${serverName}\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-AUTH PLAIN LOGIN\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n`,
      );
    case "HELO":
      transcript.fact("name", readable(argument));
      return transcript.answer(`250 ${serverName}\r\n`);
    case "MAIL":
      transcript.fact("from", addressOf(argument, "FROM:"));
      return transcript.answer("250 2.1.0 Ok\r\n");
    case "RCPT":
      transcript.several("to", "recipients", addressOf(argument, "TO:"));
      return transcript.answer("250 2.1.5 Ok\r\n");
    case "DATA":
      return transcript.answer("554 5.7.1 Error: transaction refused\r\n");
    case "BDAT":
      // What follows is the message, not commands.
      return transcript.end("554 5.7.1 Error: transaction refused\r\n");
    case "RSET":
    case "NOOP":
      return transcript.answer("250 2.0.0 Ok\r\n");
    case "VRFY":
    case "EXPN":
      transcript.several("to", "recipients", readable(argument));
      return transcript.answer("252 2.0.0 Cannot verify the user\r\n");
    case "QUIT":
      return transcript.end("221 2.0.0 Bye\r\n");
    default:
      return transcript.error("502 5.5.2 Error: command not recognized\r\n");
  }
}

/** `FROM:<a@example.org> SIZE=10`: the address. RFC 5321 section 4.1.1.2. */
function addressOf(argument: string, keyword: string): string {
  if (argument.slice(0, keyword.length).toUpperCase() !== keyword) return "";
  const rest = argument.slice(keyword.length).trim();
  const text = rest.startsWith("<") ? rest.slice(1).split(">", 1)[0] : rest.split(" ", 1)[0];
  return readable((text ?? "").trim());
}
