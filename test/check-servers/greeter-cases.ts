import { greets, hexOf, type ProtocolCase, step } from "./protocol-case.ts";
import { bytes, text } from "./scripted-server.ts";

/** Cases of protocols that are recognised by their greeting alone. The greetings are from servers of Debian. */

const mailServer: ProtocolCase = {
  title: "a mail server in its place",
  scripts: greets("220 mx.example.org ESMTP Postfix\r\n"),
  verdict: "inconclusive",
  isRecognised: false,
};

const cases: Readonly<Record<string, ProtocolCase>> = {
  nntp: {
    title: "Leafnode",
    scripts: greets("200 Leafnode NNTP Daemon, version 1.12.0 running at news.example.org (my fqdn: x)\r\n"),
    verdict: "inconclusive",
    product: "Leafnode",
    version: "1.12.0",
  },
  sieve: {
    title: "Dovecot",
    scripts: greets('"IMPLEMENTATION" "Dovecot (Debian) Pigeonhole"\r\n"SIEVE" "fileinto reject"\r\nOK "ready."\r\n'),
    verdict: "protected",
    product: "Dovecot Pigeonhole",
  },
  svn: {
    title: "svnserve",
    scripts: greets("( success ( 2 2 ( ) ( edit-pipeline svndiff1 accepts-svndiff2 ) ) ) "),
    verdict: "inconclusive",
    product: "Subversion",
  },
  dict: {
    title: "dictd",
    scripts: greets("220 host dictd 1.13.0/rf on Linux 6.1.0 <auth.mime> <1.1.1700000000@host>\r\n"),
    verdict: "inconclusive",
    product: "dictd",
    version: "1.13.0",
  },
  mpd: { title: "MPD", scripts: greets("OK MPD 0.23.5\n"), verdict: "inconclusive", product: "Music Player Daemon" },
  gpsd: {
    title: "gpsd",
    scripts: greets('{"class":"VERSION","release":"3.22","rev":"3.22","proto_major":3,"proto_minor":14}\r\n'),
    verdict: "exposed",
    version: "3.22",
  },
  qmp: {
    title: "QEMU",
    scripts: greets(
      '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian 1:7.2+dfsg-7"}, "capabilities": ["oob"]}}\r\n',
    ),
    verdict: "exposed",
    version: "7.2.22",
  },
  munin: {
    title: "a node",
    scripts: greets("# munin node at test\n", [step(text("version\n"), text("munins node on test version: 2.0.73\n"))]),
    verdict: "exposed",
    version: "2.0.73",
  },
  powerman: {
    title: "powermand",
    scripts: greets("001 powerman 2.3.27\r\npowerman> "),
    verdict: "exposed",
    version: "2.3.27",
  },
  tarantool: {
    title: "a server",
    scripts: greets(
      `Tarantool 2.6.0 (Binary) 7170b4ab-c72a-4f07-8729-08fc678543a1${" ".repeat(6)}\nxxxx${" ".repeat(59)}\n`,
    ),
    verdict: "inconclusive",
    version: "2.6.0",
  },
  "varnish-cli": {
    title: "without a secret",
    scripts: greets(
      "200 248     \n-----------------------------\nVarnish Cache CLI 1.0\n-----------------------------\nLinux,6.1\nvarnish-7.1.1 revision 7cee1c5\n\n",
    ),
    verdict: "exposed",
    version: "7.1.1",
  },
  ganglia: {
    title: "gmond",
    scripts: greets(
      '<?xml version="1.0" encoding="ISO-8859-1" standalone="yes"?>\n<!DOCTYPE GANGLIA_XML [\n]>\n<GANGLIA_XML VERSION="3.7.2" SOURCE="gmond">\n',
    ),
    verdict: "exposed",
    version: "3.7.2",
  },
  svdrp: {
    title: "VDR",
    scripts: greets("220 host SVDRP VideoDiskRecorder 2.6.0; Sat Nov 28 17:00:00 2026; UTF-8\r\n"),
    verdict: "exposed",
    version: "2.6.0",
  },
  hylafax: {
    title: "hfaxd",
    scripts: greets("220 host server (HylaFAX (tm) Version 6.0.7) ready.\r\n"),
    verdict: "inconclusive",
    version: "6.0.7",
  },
  nbd: {
    title: "a server",
    scripts: [{ greeting: bytes(`${hexOf("NBDMAGICIHAVEOPT")} 0003`) }],
    verdict: "inconclusive",
  },
  mumble: {
    title: "Murmur 1.3.4",
    scripts: [
      {
        greeting: bytes(
          "000000000032 0884860412 07312e332e342d34 1a03583131 221e44656269616e20474e552f4c696e75782031322028626f6f6b776f726d29",
        ),
      },
    ],
    verdict: "inconclusive",
    version: "1.3.4",
  },
  daytime: { title: "inetd", scripts: greets("Sat Nov 28 17:00:00 2026\r\n"), verdict: "inconclusive" },
  chargen: {
    title: "inetd",
    scripts: greets(" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n"),
    verdict: "exposed",
  },
  lmtp: {
    title: "Dovecot",
    scripts: greets("220 host Dovecot (Debian) ready.\r\n", [
      step(/^LHLO \S+\r\n/, text("250-host\r\n250 CHUNKING\r\n")),
    ]),
    verdict: "inconclusive",
    product: "Dovecot",
  },
};

/** Further cases of the same protocols. */
const further: Readonly<Record<string, readonly ProtocolCase[]>> = {
  "varnish-cli": [
    {
      title: "with a secret",
      scripts: greets("107 59      \nmpcpivznocvizgdkemjhvztygcetbzab\n\nAuthentication required.\n\n"),
      verdict: "protected",
    },
  ],
};

export const greeterCases: Readonly<Record<string, readonly ProtocolCase[]>> = Object.fromEntries(
  Object.entries(cases).map(([name, kase]) => [name, [kase, ...(further[name] ?? []), mailServer]]),
);
