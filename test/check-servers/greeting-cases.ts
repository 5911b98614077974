import { greets, hexOf, type ProtocolCase, somethingElse, step } from "./protocol-case.ts";
import { bytes, text } from "./scripted-server.ts";

// MySQL handshake 10.
const mysqlHandshake = (version: string) => {
  const body = `0a ${hexOf(version)}00 01000000 ${"41".repeat(8)} 00 ffff 21 0200 ff81 15 ${"00".repeat(10)} ${"42".repeat(12)}00 ${hexOf("mysql_native_password")}00`;
  const length = bytes(body).length;
  return bytes(`${(length & 0xff).toString(16).padStart(2, "0")} 00 00 00 ${body}`);
};

/** Cases of servers that speak first. */
export const greetingCases: Readonly<Record<string, readonly ProtocolCase[]>> = {
  ssh: [
    {
      title: "OpenSSH",
      scripts: greets("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"),
      verdict: "protected",
      product: "OpenSSH",
      version: "9.2p1",
    },
    {
      title: "a mail server",
      scripts: greets("220 mx ESMTP Postfix\r\n"),
      verdict: "inconclusive",
      isRecognised: false,
    },
  ],
  karaf: [
    { title: "a console", scripts: greets("SSH-2.0-APACHE-SSHD-2.9.2\r\n"), verdict: "protected", version: "2.9.2" },
    { title: "OpenSSH", scripts: greets("SSH-2.0-OpenSSH_9.2p1\r\n"), verdict: "inconclusive", isRecognised: false },
  ],
  smtp: [
    {
      title: "a server that refuses unknown clients",
      scripts: greets("554 mx.example.org ESMTP Postfix\r\n"),
      verdict: "protected",
    },
    {
      title: "a server that accepts mail",
      scripts: greets("220 mx.example.org ESMTP Exim 4.96 Mon, 1 Jan 2024\r\n", [
        step(/^EHLO \S+\r\n/, text("250-mx.example.org\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n")),
      ]),
      verdict: "inconclusive",
      product: "Exim",
      version: "4.96",
    },
  ],
  ftp: [
    {
      title: "a server that accepts the name anonymous",
      scripts: greets("220 (vsFTPd 3.0.3)\r\n", [step(/^USER anonymous\r\n/, text("230 Login successful.\r\n"))]),
      verdict: "exposed",
      product: "vsFTPd",
      version: "3.0.3",
    },
    {
      title: "a server that announces anonymous access",
      scripts: greets("220 FTP server ready\r\n", [
        step(
          /^USER anonymous\r\n/,
          text("331 Anonymous login ok, send your complete email address as your password\r\n"),
        ),
      ]),
      verdict: "exposed",
    },
    {
      title: "a server that requires a password and repeats the name",
      scripts: greets("220 ProFTPD Server ready.\r\n", [
        step(/^USER anonymous\r\n/, text("331 Password required for anonymous\r\n")),
      ]),
      verdict: "inconclusive",
    },
    {
      title: "a server whose greeting excludes anonymous access",
      scripts: greets("220 FTP server: no anonymous login allowed\r\n", [
        step(/^USER anonymous\r\n/, text("331 Anonymous logins not allowed, password please\r\n")),
      ]),
      verdict: "inconclusive",
    },
    {
      title: "a server that refuses the name",
      scripts: greets("220 ProFTPD Server ready.\r\n", [step(/^USER anonymous\r\n/, text("530 No such user\r\n"))]),
      verdict: "protected",
      product: "ProFTPD",
    },
    {
      title: "a server that requires a password",
      scripts: greets("220 (vsFTPd 3.0.3)\r\n", [
        step(/^USER anonymous\r\n/, text("331 Please specify the password.\r\n")),
      ]),
      verdict: "inconclusive",
    },
  ],
  pop3: [
    { title: "Dovecot", scripts: greets("+OK Dovecot (Debian) ready.\r\n"), verdict: "protected", product: "Dovecot" },
    { title: "an IMAP server", scripts: greets("* OK IMAP4rev1\r\n"), verdict: "inconclusive", isRecognised: false },
  ],
  imap: [
    {
      title: "a server that is logged in already",
      scripts: greets("* PREAUTH IMAP4rev1 ready\r\n"),
      verdict: "exposed",
    },
    {
      title: "Dovecot",
      scripts: greets("* OK [CAPABILITY IMAP4rev1 LOGIN-REFERRALS] Dovecot (Debian) ready.\r\n"),
      verdict: "protected",
      product: "Dovecot",
    },
  ],
  telnet: [
    {
      title: "a shell without a login",
      scripts: [
        {
          greeting: bytes("fffd18 fffb01"),
          steps: [step(bytes("fffc18 fffe01"), text("\r\nBusyBox v1.36\r\n\r\n/ # "))],
        },
      ],
      verdict: "exposed",
    },
    {
      title: "a device that prompts for a name as it prompts for commands",
      scripts: [{ greeting: bytes("fffb01"), steps: [step(bytes("fffe01"), text("\r\nSwitch\r\n\r\nUsername> "))] }],
      verdict: "protected",
    },
    {
      title: "a login prompt",
      scripts: [
        { greeting: bytes("fffd18 fffb01"), steps: [step(bytes("fffc18 fffe01"), text("\r\nrouter login: "))] },
      ],
      verdict: "protected",
    },
  ],
  mysql: [
    {
      title: "MariaDB",
      scripts: [{ greeting: mysqlHandshake("5.5.5-10.11.6-MariaDB-0+deb12u1") }],
      verdict: "protected",
      product: "MariaDB",
      version: "10.11.6",
    },
    { title: "a mail server", scripts: greets("220 mx ESMTP\r\n"), verdict: "inconclusive", isRecognised: false },
  ],
  nats: [
    {
      title: "a server without authentication",
      scripts: greets('INFO {"server_id":"NA","version":"2.9.10","auth_required":false}\r\n', [
        step(/^CONNECT \{.*\}\r\nPING\r\n/, text("PONG\r\n")),
      ]),
      verdict: "exposed",
      version: "2.9.10",
    },
    {
      title: "a server with a token",
      scripts: greets('INFO {"server_id":"NA","version":"2.9.10","auth_required":true}\r\n', [
        step(/^CONNECT \{.*\}\r\nPING\r\n/, text("-ERR 'Authorization Violation'\r\n"), true),
      ]),
      verdict: "protected",
      version: "2.9.10",
    },
  ],
  vnc: [
    {
      title: "security type None",
      scripts: greets("RFB 003.008\n", [step(text("RFB 003.008\n"), bytes("02 02 01"))]),
      verdict: "exposed",
    },
    {
      title: "a password",
      scripts: greets("RFB 003.008\n", [step(text("RFB 003.008\n"), bytes("02 02 10"))]),
      verdict: "protected",
    },
    {
      title: "an old server without a password",
      scripts: greets("RFB 003.003\n", [step(text("RFB 003.003\n"), bytes("00000001"))]),
      verdict: "exposed",
    },
    {
      title: "None within VeNCrypt",
      scripts: greets("RFB 003.008\n", [
        step(text("RFB 003.008\n"), bytes("01 13")),
        step(bytes("13"), bytes("0002")),
        step(bytes("0002"), bytes("00 02 00000104 00000102")),
      ]),
      verdict: "exposed",
    },
    {
      title: "a password within VeNCrypt",
      scripts: greets("RFB 003.008\n", [
        step(text("RFB 003.008\n"), bytes("01 13")),
        step(bytes("13"), bytes("0002")),
        step(bytes("0002"), bytes("00 01 00000105")),
      ]),
      verdict: "protected",
    },
    {
      title: "VeNCrypt without its subtypes",
      scripts: greets("RFB 003.008\n", [
        step(text("RFB 003.008\n"), bytes("01 13")),
        step(bytes("13"), bytes("0001"), true),
      ]),
      verdict: "inconclusive",
    },
    {
      title: "too many failures",
      scripts: greets("RFB 003.008\n", [step(text("RFB 003.008\n"), bytes(`00 00000008 ${hexOf("too many")}`), true)]),
      verdict: "protected",
    },
    {
      title: "too many failures, reported with the greeting",
      scripts: [{ greeting: bytes(`${hexOf("RFB 003.003\n")} 00000000 00000008 ${hexOf("too many")}`), steps: [] }],
      verdict: "protected",
    },
  ],
  rsync: [
    {
      title: "an open module",
      scripts: [
        {
          greeting: text("@RSYNCD: 31.0\n"),
          steps: [step(text("@RSYNCD: 30.0\n#list\n"), text("backup         \tNightly\n@RSYNCD: EXIT\n"), true)],
        },
        { greeting: text("@RSYNCD: 31.0\n"), steps: [step(text("@RSYNCD: 30.0\nbackup\n"), text("@RSYNCD: OK\n"))] },
      ],
      verdict: "exposed",
    },
    {
      title: "a module with a password",
      scripts: [
        {
          greeting: text("@RSYNCD: 31.0\n"),
          steps: [step(text("@RSYNCD: 30.0\n#list\n"), text("backup         \tNightly\n@RSYNCD: EXIT\n"), true)],
        },
        {
          greeting: text("@RSYNCD: 31.0\n"),
          steps: [step(text("@RSYNCD: 30.0\nbackup\n"), text("@RSYNCD: AUTHREQD oK3nUQ\n"))],
        },
      ],
      verdict: "protected",
    },
  ],
  openwire: [
    {
      title: "a broker",
      scripts: [{ greeting: bytes(`00000020 01 ${hexOf("ActiveMQ")} 0000000c 01 ${"00".repeat(14)}`) }],
      verdict: "inconclusive",
      product: "ActiveMQ",
    },
    somethingElse,
  ],
};
