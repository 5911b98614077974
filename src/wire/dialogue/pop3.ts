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

const verbs: ReadonlySet<string> = new Set(
  "APOP AUTH CAPA DELE LANG LIST NOOP PASS QUIT RETR RSET STAT STLS TOP UIDL USER UTF8".split(" "),
);
const farewell = "-ERR Too many commands.\r\n";
const noLogin = "-ERR [AUTH] Authentication failed.\r\n";

/** A mailbox that lets nobody in: it hears the users and the passwords. RFC 1939, RFC 5034. The answers are those of Dovecot. */
export function readPop3(bytes: Uint8Array): Dialogue {
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
    if (verb === "PASS") transcript.hide(argument, readable(argument.text));
    if (verb === "APOP") transcript.hide(splitWord(argument)[1]);
    if (verb === "AUTH") {
      hasLogin = true;
      sasl = readAuth(line, argument, transcript);
      continue;
    }
    if (!line.ended || transcript.isSpoken === "no") continue;
    if (verbs.has(verb)) transcript.command(verb);
    // The next step of a login that was refused at once, sent without waiting.
    else if (hasLogin) transcript.hide(line);
    answer(verb, argument, transcript);
  }
  return transcript.result();
}

function readAuth(line: Line, argument: Piece, transcript: Transcript): SaslExchange | undefined {
  const [mechanism, initial] = splitWord(argument);
  if (!line.ended) {
    transcript.hide(initial);
    return undefined;
  }
  transcript.command("AUTH");
  if (mechanism.text === "") {
    transcript.answer("+OK\r\nPLAIN\r\nLOGIN\r\n.\r\n");
    return undefined;
  }
  transcript.fact("mechanism", mechanism.text.toUpperCase());
  const sasl = new SaslExchange(mechanism.text, transcript);
  return answerStep(sasl.start(initial), sasl, transcript);
}

/** @returns the exchange where it goes on */
function answerStep(step: SaslStep, sasl: SaslExchange, transcript: Transcript): SaslExchange | undefined {
  switch (step.kind) {
    case "asks":
      transcript.answer(`+ ${step.challenge}\r\n`);
      return sasl;
    case "refused":
      transcript.answer(noLogin);
      return undefined;
    case "cancelled":
      transcript.answer("-ERR Authentication aborted by client.\r\n");
      return undefined;
    case "unknown":
      transcript.error("-ERR Unsupported authentication mechanism.\r\n");
      return undefined;
  }
}

function answer(verb: string, argument: Piece, transcript: Transcript): Transcript {
  switch (verb) {
    case "USER":
      transcript.user(readable(argument.text));
      return transcript.answer("+OK\r\n");
    case "APOP":
      transcript.user(readable(splitWord(argument)[0].text));
      return transcript.answer(noLogin);
    case "PASS":
      return transcript.answer(noLogin);
    case "CAPA":
      return transcript.answer(
        "+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nAUTH-RESP-CODE\r\nUSER\r\nSASL PLAIN LOGIN\r\n.\r\n",
      );
    case "QUIT":
      return transcript.end("+OK Logging out\r\n");
    default:
      return transcript.error("-ERR Unknown command.\r\n");
  }
}
