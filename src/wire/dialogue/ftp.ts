import { type Command, type LineServer, passwordOf } from "./lines.ts";
import { noteMechanism } from "./sasl.ts";
import { readable } from "./transcript.ts";

const noLogin = "530 Please login with USER and PASS.\r\n";

const commands: Readonly<Record<string, Command>> = {
  USER: {
    note: ({ text }, transcript) => transcript.user(readable(text)),
    answer: "331 Please specify the password.\r\n",
  },
  PASS: { secret: passwordOf, answer: "530 Login incorrect.\r\n" },
  // A second password (RFC 959 section 4.1.1).
  ACCT: { secret: passwordOf, answer: noLogin },
  ADAT: { secret: passwordOf, answer: noLogin },
  AUTH: { note: noteMechanism, answer: noLogin },
  FEAT: {
    answer:
      "211-Features:\r\n EPRT\r\n EPSV\r\n MDTM\r\n PASV\r\n REST STREAM\r\n SIZE\r\n TVFS\r\n UTF8\r\n211 End\r\n",
  },
  OPTS: { answer: "200 Always in UTF8 mode.\r\n" },
  CLNT: { note: ({ text }, transcript) => transcript.fact("client", readable(text)), answer: "200 Noted.\r\n" },
  NOOP: { answer: "200 NOOP ok.\r\n" },
  QUIT: { answer: "221 Goodbye.\r\n", isLast: true },
};
const others = [
  ..."ABOR ALLO APPE CCC CDUP CWD DELE EPRT EPSV HELP HOST LANG LIST MDTM MKD MLSD MLST MODE NLST PASV PBSZ PORT".split(
    " ",
  ),
  ..."PROT PWD REIN REST RETR RMD RNFR RNTO SITE SIZE SMNT STAT STOR STOU STRU SYST TYPE XCRC XMKD XPWD XRMD".split(
    " ",
  ),
];

/** An FTP server that refuses every login and records users and passwords. RFC 959. It answers like vsftpd. */
export const ftpServer: LineServer = {
  commands: new Map([
    ...others.map((verb): [string, Command] => [verb, { answer: noLogin }]),
    ...Object.entries(commands),
  ]),
  unknown: "500 Unknown command.\r\n",
  farewell: "421 Too many commands.\r\n",
};
