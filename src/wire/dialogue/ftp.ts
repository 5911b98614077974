import { type Dialogue, linesOf, type Piece, readable, splitCommand, Transcript } from "./transcript.ts";

const verbs: ReadonlySet<string> = new Set([
  ..."ABOR ACCT ADAT ALLO APPE AUTH CCC CDUP CLNT CWD DELE EPRT EPSV FEAT HELP HOST LANG LIST MDTM MKD MLSD MLST MODE".split(
    " ",
  ),
  ..."NLST NOOP OPTS PASS PASV PBSZ PORT PROT PWD QUIT REIN REST RETR RMD RNFR RNTO SITE SIZE SMNT STAT STOR STOU".split(
    " ",
  ),
  ..."STRU SYST TYPE USER XCRC XMKD XPWD XRMD".split(" "),
]);
const farewell = "421 Too many commands.\r\n";

/** A file server that lets nobody in: it hears the users and the passwords. RFC 959. The answers are those of vsftpd. */
export function readFtp(bytes: Uint8Array): Dialogue {
  const transcript = new Transcript(farewell);
  for (const line of linesOf(bytes)) {
    const { verb, argument } = splitCommand(line);
    if (line.ended) transcript.begin(verbs.has(verb));
    // ACCT is a second password (RFC 959 section 4.1.1).
    if (verb === "PASS" || verb === "ACCT" || verb === "ADAT") transcript.hide(argument, readable(argument.text));
    if (!line.ended || transcript.isSpoken === "no") continue;
    if (verbs.has(verb)) transcript.command(verb);
    answer(verb, argument, transcript);
  }
  return transcript.result();
}

function answer(verb: string, argument: Piece, transcript: Transcript): Transcript {
  switch (verb) {
    case "USER":
      transcript.user(readable(argument.text));
      return transcript.answer("331 Please specify the password.\r\n");
    case "PASS":
      return transcript.answer("530 Login incorrect.\r\n");
    case "AUTH":
      transcript.fact("mechanism", argument.text.toUpperCase());
      return transcript.answer("530 Please login with USER and PASS.\r\n");
    case "FEAT":
      return transcript.answer(
        "211-Features:\r\n EPRT\r\n EPSV\r\n MDTM\r\n PASV\r\n REST STREAM\r\n SIZE\r\n TVFS\r\n UTF8\r\n211 End\r\n",
      );
    case "OPTS":
      return transcript.answer("200 Always in UTF8 mode.\r\n");
    case "CLNT":
      transcript.fact("client", readable(argument.text));
      return transcript.answer("200 Noted.\r\n");
    case "NOOP":
      return transcript.answer("200 NOOP ok.\r\n");
    case "QUIT":
      return transcript.end("221 Goodbye.\r\n");
    default:
      return verbs.has(verb)
        ? transcript.answer("530 Please login with USER and PASS.\r\n")
        : transcript.error("500 Unknown command.\r\n");
  }
}
