import { anyRequest, hexOf, type ProtocolCase, somethingElse, step } from "./protocol-case.ts";
import { bytes, text } from "./scripted-server.ts";

/** Cases of protocols that one request recognises. The answers are from servers of Debian. */

/** A server that answers the first request with `reply`, whatever it is. */
const answers = (reply: Uint8Array, ...more: readonly Uint8Array[]) => [
  { steps: [reply, ...more].map((answer) => step(anyRequest, answer)) },
];

const rpcReply = (results: string) => {
  const body = `48415242 00000001 00000000 00000000 00000000 ${results}`;
  const length = (0x80000000 + bytes(body).length).toString(16);
  return bytes(`${length}${body}`);
};

const nrpeReply = bytes(`0002 0002 00000000 0000 ${hexOf("NRPE v4.1.0")} ${"00".repeat(1015)}`);

const cases: Readonly<Record<string, ProtocolCase>> = {
  irc: {
    title: "ngIRCd",
    scripts: answers(
      text(":irc.example.org CAP * LS :multi-prefix\r\n:irc.example.org 451 * :Connection not registered\r\n"),
    ),
    verdict: "inconclusive",
    product: "ngIRCd",
  },
  rpcbind: {
    title: "rpcbind with mountd",
    scripts: answers(
      rpcReply(
        "00000000 00000001 000186a0 00000004 00000006 0000006f 00000001 000186a0 00000002 00000011 0000006f 00000001 000186a5 00000003 00000006 00004e50 00000000",
      ),
    ),
    verdict: "exposed",
    product: "rpcbind",
    version: "2-4",
  },
  kerberos: {
    title: "MIT's",
    scripts: answers(
      bytes(
        "000000ad7e81aa3081a7a003020105a10302011ea411180f32303236313132383137313231365aa505020307c096a603020106a7131b1148415242494e4745522e494e56414c4944a8163014a003020101a10d300b1b0968617262696e676572a9131b1148415242494e4745522e494e56414c4944aa263024a003020102a11d301b1b066b72627467741b1148415242494e4745522e494e56414c4944ab121b10434c49454e545f4e4f545f464f554e44",
      ),
    ),
    verdict: "protected",
    product: "MIT Kerberos",
  },
  "java-rmi": {
    title: "a registry",
    scripts: answers(bytes("4e 0009 3132372e302e302e31 0000c3ac")),
    verdict: "inconclusive",
    product: "Java RMI",
  },
  jdwp: {
    title: "OpenJDK 17",
    scripts: answers(
      text("JDWP-Handshake"),
      bytes(
        `0000002d 00000001 80 0000 00000001 4a 00000011 00000000 00000007 ${hexOf("17.0.15")} 00000006 ${hexOf("OpenJD")}`,
      ),
    ),
    verdict: "exposed",
    version: "17.0.15",
  },
  ajp: {
    title: "Tomcat without a secret",
    scripts: answers(
      bytes("4142 0001 09"),
      bytes(`4142 0008 04 0194 0000 00 0000 4142 0017 03 0013 ${hexOf("<h3>Apache Tomcat/9")} 00 4142 0002 05 01`),
    ),
    verdict: "exposed",
    product: "Apache Tomcat",
    version: "9",
  },
  epmd: {
    title: "a node",
    scripts: [{ steps: [step(bytes("0001 6e"), bytes(`00001111 ${hexOf("name rabbit at port 25672\n")}`), true)] }],
    verdict: "exposed",
  },
  "zabbix-agent": {
    title: "an agent that allows this client",
    scripts: answers(bytes("5a425844010600000000000000362e302e3134")),
    verdict: "exposed",
    version: "6.0.14",
  },
  "zabbix-server": {
    title: "a server",
    scripts: answers(bytes(`5a42584401 15000000 00000000 ${hexOf('{"response":"failed"}')}`)),
    verdict: "inconclusive",
  },
  nrpe: { title: "without TLS", scripts: answers(nrpeReply), verdict: "exposed", version: "4.1.0" },
  iscsi: {
    title: "a target without authentication",
    scripts: answers(
      bytes(`2304 0000 0000000f ${"00".repeat(28)} 0000 ${"00".repeat(10)} ${hexOf("AuthMethod=None")}00`),
    ),
    verdict: "exposed",
  },
  openvpn: {
    title: "a server",
    scripts: answers(bytes("001a 40 1122334455667788 01 00000000 48415242494e4752 00000000")),
    verdict: "protected",
  },
  fastcgi: {
    title: "php-fpm",
    scripts: answers(bytes("010a0000 0013 0500 0f01 464347495f4d5058535f434f4e4e53 30 0000000000")),
    verdict: "exposed",
  },
  milter: { title: "OpenDKIM", scripts: answers(bytes("0000000d4f000000060000011100100702")), verdict: "inconclusive" },
  snmp: {
    title: "Net-SNMP",
    scripts: answers(
      bytes(
        "306e020103301002024a6902047fffffff0401000201030421301f041180001f88801147cb26940b0b6b000000000201010201000400040004003034041180001f88801147cb26940b0b6b000000000400a81d020237f00201000201003011300f060a2b060106030f01010400410101",
      ),
    ),
    verdict: "inconclusive",
    product: "Net-SNMP",
  },
  "9p": {
    title: "diod",
    scripts: answers(bytes(`15000000 65 ffff 00200000 0800 ${hexOf("9P2000.L")}`)),
    verdict: "inconclusive",
  },
  sane: { title: "saned", scripts: answers(bytes("0000000001010003")), verdict: "exposed" },
  apcupsd: {
    title: "a daemon",
    scripts: answers(bytes(`0010 ${hexOf("APC      : 001,0")} 000c ${hexOf("VERSION  : 3")} 0000`)),
    verdict: "exposed",
    version: "3",
  },
  echo: { title: "inetd", scripts: answers(text("harbinger\r\n")), verdict: "inconclusive" },
  finger: {
    title: "a list of users",
    scripts: [
      { steps: [step(text("\r\n"), text("Login     Name       Tty\r\nroot      root       pts/0\r\n"), true)] },
    ],
    verdict: "exposed",
  },
  sip: {
    title: "a registrar",
    scripts: answers(
      text("SIP/2.0 401 Unauthorized\r\nServer: kamailio (5.6.3 (x86_64/linux))\r\nContent-Length: 0\r\n\r\n"),
    ),
    verdict: "protected",
    product: "kamailio",
    version: "5.6.3",
  },
  rtsp: {
    title: "a camera",
    scripts: answers(text("RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nServer: GStreamer RTSP server\r\n\r\n")),
    verdict: "protected",
  },
  xmpp: {
    title: "Prosody",
    scripts: answers(
      text(
        "<?xml version='1.0'?><stream:stream xml:lang='en' xmlns='jabber:client' version='1.0' xmlns:stream='http://etherx.jabber.org/streams' id='daa05aec' from='harbinger.invalid'><stream:error>",
      ),
    ),
    verdict: "protected",
  },
  git: {
    title: "git daemon",
    scripts: answers(text("0041ERR access denied or repository not exported: /harbinger-asks")),
    verdict: "inconclusive",
  },
  clamd: { title: "clamd", scripts: answers(text("ClamAV 1.4.6\0")), verdict: "exposed", version: "1.4.6" },
  spamd: { title: "spamd", scripts: answers(text("SPAMD/1.5 0 PONG\r\n")), verdict: "exposed" },
  beanstalkd: {
    title: "a queue",
    scripts: answers(
      text('OK 955\r\n---\ncurrent-jobs-urgent: 0\npid: 4215\nversion: "1.12"\nrusage-utime: 0.0\n\r\n'),
    ),
    verdict: "exposed",
    version: "1.12",
  },
  gearman: { title: "gearmand", scripts: answers(text("OK 1.1.20+ds\n")), verdict: "exposed", version: "1.1.20" },
  nut: {
    title: "upsd",
    scripts: answers(text("Network UPS Tools upsd 2.8.0 - http://www.networkupstools.org/\n")),
    verdict: "exposed",
    version: "2.8.0",
  },
  "tor-control": {
    title: "without authentication",
    scripts: answers(text('250-PROTOCOLINFO 1\r\n250-AUTH METHODS=NULL\r\n250-VERSION Tor="0.4.9.11"\r\n250 OK\r\n')),
    verdict: "exposed",
    version: "0.4.9.11",
  },
  lirc: {
    title: "lircd",
    scripts: answers(text("BEGIN\nVERSION\nSUCCESS\nDATA\n1\n0.10.1\nEND\n")),
    verdict: "exposed",
    version: "0.10.1",
  },
  boinc: {
    title: "a client",
    scripts: answers(
      text(
        "<boinc_gui_rpc_reply>\n<server_version>\n   <major>7</major>\n   <minor>20</minor>\n   <release>5</release>\n</server_version>\n</boinc_gui_rpc_reply>\n\x03",
      ),
    ),
    verdict: "inconclusive",
    version: "7.20.5",
  },
  xymon: { title: "xymond", scripts: answers(text("xymond 4.3.30\n")), verdict: "inconclusive", version: "4.3.30" },
  cvs: {
    title: "pserver",
    scripts: answers(text("cvs [pserver aborted]: bad auth protocol start: HARBINGER\n")),
    verdict: "protected",
  },
  ident: { title: "oidentd", scripts: answers(text("1,1:ERROR:NO-USER\r\n")), verdict: "inconclusive" },
  gopher: {
    title: "a menu",
    scripts: answers(text("iWelcome\t\terror.host\t1\r\n1Files\t/files\tlocalhost\t70\r\n.\r\n")),
    verdict: "inconclusive",
  },
  conserver: {
    title: "conserver",
    scripts: [
      {
        greeting: text("ok\r\n"),
        steps: [
          step(
            anyRequest,
            text("exit   disconnect\r\nhelp   this help message\r\nlogin  log in\r\nssl    start ssl session\r\n"),
          ),
        ],
      },
    ],
    verdict: "inconclusive",
  },
  snapcast: {
    title: "snapserver",
    scripts: answers(
      text(
        '{"id":1,"jsonrpc":"2.0","result":{"server":{"groups":[],"server":{"host":{"arch":"x86_64"},"snapserver":{"controlProtocolVersion":1,"name":"Snapserver","protocolVersion":1,"version":"0.26.0"}},"streams":[]}}}\r\n',
      ),
    ),
    verdict: "exposed",
    version: "0.26.0",
  },
  distcc: {
    title: "distccd",
    scripts: answers(text("DONE00000001STAT00000000SERR00000000SOUT00000000DOTO00000000")),
    verdict: "exposed",
  },
  lpd: {
    title: "lpd",
    scripts: [{ steps: [step(bytes("036c700a"), text("no entries\n"), true)] }],
    verdict: "exposed",
  },
  http2: {
    title: "nghttpd",
    scripts: [{ greeting: bytes("000006 04 00 00000000 0003 00000064"), steps: [] }],
    verdict: "inconclusive",
  },
  time: { title: "inetd", scripts: [{ greeting: bytes("eeb5bec5"), close: true }], verdict: "inconclusive" },
  iperf3: {
    title: "a server",
    scripts: [{ steps: [step(/^[^\0]{36}\0/, bytes("09"))] }],
    verdict: "inconclusive",
  },
  firebird: {
    title: "version 3",
    scripts: answers(bytes("0000005c 00000000 00000000 00000000 00000000")),
    verdict: "inconclusive",
  },
  esphome: {
    title: "without a password",
    scripts: answers(
      bytes(`00 1f 02 08 01 10 09 1a 14 ${hexOf("sock (esphome v2023.12.9)").slice(0, 40)} 22 03 ${hexOf("tap")}`),
      bytes(`00 11 0a 12 04 ${hexOf("sock")} 22 09 ${hexOf("2023.12.9")}`),
    ),
    verdict: "exposed",
    version: "2023.12.9",
  },
  coap: { title: "libcoap", scripts: answers(bytes("50 e1 23 08 00 00 40 00 e3")), verdict: "inconclusive" },
};

/** Further cases of the same protocols. */
const further: Readonly<Record<string, readonly ProtocolCase[]>> = {
  lpd: [
    {
      title: "a client that is not listed",
      scripts: [
        {
          steps: [
            step(
              bytes("036c700a"),
              text("lpd: Host name for your address (10.0.0.2) unknown. Your host does not have line printer access\n"),
              true,
            ),
          ],
        },
      ],
      verdict: "protected",
    },
    {
      title: "cups-lpd",
      scripts: [{ steps: [step(bytes("036c700a"), text("Unknown printer lp\n"), true)] }],
      verdict: "inconclusive",
    },
  ],
  esphome: [
    {
      title: "with encryption",
      scripts: answers(bytes(`01 0013 01 ${hexOf("Bad indicator byte")}`)),
      verdict: "protected",
    },
    {
      title: "with a password",
      scripts: answers(
        bytes(`00 06 02 08 01 22 02 ${hexOf("ab")}`),
        bytes(`00 0c 0a 08 01 22 08 ${hexOf("2023.1.0")}`),
      ),
      verdict: "protected",
      version: "2023.1.0",
    },
  ],
  rpcbind: [
    {
      title: "an NFS server without a port mapper",
      scripts: answers(rpcReply("00000001"), rpcReply("00000000")),
      verdict: "inconclusive",
    },
  ],
  iscsi: [
    {
      title: "a target with CHAP",
      scripts: answers(
        bytes(`2304 0000 0000000f ${"00".repeat(28)} 0000 ${"00".repeat(10)} ${hexOf("AuthMethod=CHAP")}00`),
      ),
      verdict: "protected",
    },
  ],
};

export const answerCases: Readonly<Record<string, readonly ProtocolCase[]>> = Object.fromEntries(
  Object.entries(cases).map(([name, kase]) => [name, [kase, ...(further[name] ?? []), somethingElse]]),
);
