import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { latin1 } from "../reader.ts";

/** What a server of a protocol of text answers to a harmless question. */
export interface TextAnswer {
  readonly product?: string;
  readonly version?: string;
  /** Its first line. */
  readonly text: string;
  /** The groups of the pattern by their names. */
  readonly groups: Readonly<Record<string, string>>;
}

/** A question in text, and how the answer to it is known. */
export interface TextQuestion {
  readonly ask: string;
  /** How every answer begins; decides early that it is something else. */
  readonly prefix: string;
  /** Holds for a whole answer. Groups `product` and `version`. Linear: no part of it repeats within a repetition. */
  readonly answer: RegExp;
  /** What the server answers to a request of HTTP, or other words that it does not know. */
  readonly complaint?: RegExp;
}

/** No answer is read further. */
const maximumAnswerBytes = 16_384;

export function parseTextAnswer(question: TextQuestion, bytes: Uint8Array): Outcome<TextAnswer> {
  if (bytes.length === 0) return incomplete;
  const text = latin1(bytes, 0, Math.min(bytes.length, maximumAnswerBytes));
  const { prefix } = question;
  if (!text.startsWith(prefix)) return prefix.startsWith(text) ? incomplete : mismatch;
  const parts = question.answer.exec(text);
  if (parts === null) return bytes.length < maximumAnswerBytes ? incomplete : mismatch;
  const groups = Object.fromEntries(
    Object.entries(parts.groups ?? {}).flatMap(([name, value]: [string, string | undefined]) =>
      value === undefined ? [] : [[name, fact(value.trim())]],
    ),
  );
  const { product, version } = groups;
  const end = text.search(/[\r\n\0]/);
  return match({
    ...(product !== undefined && { product }),
    ...(version !== undefined && { version }),
    text: fact(end < 0 ? text : text.slice(0, end)),
    groups,
  });
}

/** clamd(8): `VERSION`, with the terminator that the prefix `z` stands for. */
export const clamdVersion: TextQuestion = {
  ask: "zVERSION\0",
  prefix: "ClamAV ",
  answer: /^ClamAV (?<version>\d[\w.+-]*)(?:\/[^\0\n]*)?[\0\n]/,
  complaint: /^UNKNOWN COMMAND/,
};

/** SpamAssassin, spamd/PROTOCOL: `PING`, answered by `SPAMD/1.5 0 PONG`. */
export const spamdPing: TextQuestion = {
  ask: "PING SPAMC/1.5\r\n\r\n",
  prefix: "SPAMD/",
  answer: /^SPAMD\/(?<protocol>\d[\d.]*) \d+ [^\n]*\n/,
  complaint: /^SPAMD\/\d/,
};

/** beanstalkd, doc/protocol.txt: `stats`. The version stands in quotes since 1.11. */
export const beanstalkdStats: TextQuestion = {
  ask: "stats\r\n",
  prefix: "OK ",
  answer: /^OK \d+\r\n---\n[^\0]{0,4000}\nversion: "?(?<version>[\d.]+)["\r\n]/,
  complaint: /^UNKNOWN_COMMAND\r\n/,
};

/** Gearman, PROTOCOL, "Administrative Protocol": `version`. */
export const gearmanVersion: TextQuestion = {
  ask: "version\r\n",
  prefix: "OK ",
  answer: /^OK (?<version>\d[\d.]*)[^\d.]/,
  complaint: /^ERR (?:UNKNOWN_COMMAND|unknown_command)/,
};

/** Network UPS Tools, docs/net-protocol.txt: `VER`. */
export const upsdVersion: TextQuestion = {
  ask: "VER\n",
  prefix: "Network UPS Tools upsd ",
  answer: /^Network UPS Tools upsd (?<version>\d[\w.]*)[^\w.]/,
  complaint: /^ERR (?:UNKNOWN-COMMAND|INVALID-ARGUMENT|ACCESS-DENIED)\n/,
};

/** lircd(8), "socket protocol": `VERSION`. */
export const lircdVersion: TextQuestion = {
  ask: "VERSION\n",
  prefix: "BEGIN\n",
  answer: /^BEGIN\nVERSION\nSUCCESS\nDATA\n1\n(?<version>\d[\w.-]*)\nEND\n/,
  complaint: /^BEGIN\n/,
};

/** BOINC, GuiRpcProtocol: `exchange_versions`, which needs no password. */
export const boincVersions: TextQuestion = {
  ask: "<boinc_gui_rpc_request>\n<exchange_versions/>\n</boinc_gui_rpc_request>\n\x03",
  prefix: "<boinc_gui_rpc_reply>",
  answer:
    /^<boinc_gui_rpc_reply>\s*<server_version>\s*<major>(?<major>\d+)<\/major>\s*<minor>(?<minor>\d+)<\/minor>\s*<release>(?<release>\d+)</,
  complaint: /^<boinc_gui_rpc_reply>/,
};

/** Xymon, xymon(1): `ping`. */
export const xymonPing: TextQuestion = {
  ask: "ping",
  prefix: "xymond ",
  answer: /^xymond (?<version>\d[\w.]*)/,
};

/** Tor's control port, control-spec.txt, 3.21: `PROTOCOLINFO` is allowed before authentication. */
export const torProtocolInfo: TextQuestion = {
  ask: "PROTOCOLINFO 1\r\n",
  prefix: "250-PROTOCOLINFO ",
  answer:
    /^250-PROTOCOLINFO \d+\r\n250-AUTH METHODS=(?<methods>[A-Z,]+)(?: [^\n]*)?\r?\n250-VERSION Tor="(?<version>\d[\w.-]*)/,
  complaint: /^51[04] /,
};

/** SIP (RFC 3261, 11): OPTIONS asks what a server can, and begins no call. */
export const sipOptions: TextQuestion = {
  ask:
    "OPTIONS sip:harbinger.invalid SIP/2.0\r\nVia: SIP/2.0/TCP harbinger.invalid;branch=z9hG4bKharbinger;rport\r\n" +
    "Max-Forwards: 70\r\nTo: <sip:harbinger.invalid>\r\nFrom: <sip:harbinger.invalid>;tag=harbinger\r\n" +
    "Call-ID: harbinger@harbinger.invalid\r\nCSeq: 1 OPTIONS\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n",
  prefix: "SIP/2.0 ",
  answer: /^SIP\/2\.0 (?<status>\d{3})[^\n]*\n[^\0]*?\r?\n\r?\n/,
  complaint: /^SIP\/2\.0 /,
};

/** RTSP (RFC 7826, 13.1): OPTIONS. */
export const rtspOptions: TextQuestion = {
  ask: "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Harbinger\r\n\r\n",
  prefix: "RTSP/1.0 ",
  answer: /^RTSP\/1\.0 (?<status>\d{3})[^\n]*\n[^\0]*?\r?\n\r?\n/,
  complaint: /^RTSP\/1\.0 /,
};

/**
 * RFC 1459, 6.1: before registration every other command is answered by 451; CAP LS (https://ircv3.net/specs/extensions/capability-negotiation)
 * lists capabilities, some with the name of their maker.
 */
export const ircVersion: TextQuestion = {
  ask: "CAP LS 302\r\nVERSION\r\n",
  prefix: "",
  answer: /^(?:[^\n\0]*\n){0,40}?(?::\S{1,255} (?:451|421|351|CAP) [^\n]*\n|ERROR :[^\n]*\n)/,
  complaint: /^ERROR :|^:\S{1,255} (?:451|421|NOTICE) /,
};

/** RFC 1413: a pair of ports that nobody has connected. */
export const identQuery: TextQuestion = {
  ask: "1, 1\r\n",
  prefix: "1",
  answer: /^1 ?, ?1 ?: ?(?:ERROR|USERID) ?: ?[^\n]*\n/i,
};

/** RFC 1436: the menu of a Gopher server. */
export const gopherMenu: TextQuestion = {
  ask: "\r\n",
  prefix: "",
  answer: /^[0-9+gIThis][^\t\n]*\t[^\t\n]*\t[^\t\n]*\t\d+[\t\r\n]/,
  complaint: /^[3i][^\t\n]*\t[^\t\n]*\t(?:error\.host|null\.host|[^\t\n]*)\t\d+/,
};

/** CVS, cvsclient.texi, "How to Connect": nothing but the beginning of a login is known to it. */
export const cvsGreeting: TextQuestion = {
  ask: "HARBINGER\n",
  prefix: "cvs ",
  answer: /^cvs \[(?:pserver|server) aborted\]: bad auth protocol start[^\n]*\n/,
  complaint: /^cvs \[(?:pserver|server) aborted\]: /,
};

/** XMPP (RFC 6120, 4.2): the stream is opened; nobody logs in. */
export const xmppStream: TextQuestion = {
  ask:
    "<?xml version='1.0'?><stream:stream to='harbinger.invalid' xmlns='jabber:client' " +
    "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>",
  prefix: "<",
  answer: /<stream:stream [^<>]{0,1000}>|<stream:error\b/,
  complaint: /^<\?xml version=['"]1\.0['"]\?><stream:stream /,
};

/** POP3 (RFC 2449, 6.9): IMPLEMENTATION among the capabilities. */
export const pop3Capabilities: TextQuestion = {
  ask: "CAPA\r\n",
  prefix: "",
  answer:
    /^(?:-ERR[^\n]*\n|\+OK[^\0]{0,2000}?\n(?:\.\r?\n|IMPLEMENTATION (?<product>[A-Za-z]+)[ -]v?(?<version>\d[\w.]*)))/,
};

/** IMAP (RFC 2971): ID, allowed before a login. */
export const imapId: TextQuestion = {
  ask: "a0 ID NIL\r\n",
  prefix: "",
  answer:
    /^(?:\* ID (?:NIL|\((?:[^)\n]{0,500}?"name" "(?<product>[^"\n]{1,60})")?(?:[^)\n]{0,200}?"version" "(?<version>\d[^"\n]{0,40})")?[^\n]*)\r?\n|a0 [^\n]*\n|\* BAD[^\n]*\n)/,
};

/** Git (gitprotocol-pack(5), "Git Transport"): a repository that is not there; nothing is fetched. */
export const gitRequest: TextQuestion = {
  ask: "003bgit-upload-pack /harbinger-asks\0host=harbinger.invalid\0",
  prefix: "",
  answer: /^[0-9a-f]{4}(?:ERR |[0-9a-f]{40} )[^\0]*?/,
};

/** conserver, conserver/group.c: the commands before a login, behind its greeting. */
export const conserverHelp: TextQuestion = {
  ask: "help\r\n",
  prefix: "ok\r\n",
  answer: /^ok\r\n(?:[a-z]{1,12} {1,12}[^\r\n]{1,60}\r\n){0,6}?login {1,12}log in\r\n/,
  complaint: /^ok\r\n/,
};

/** Snapcast, doc/json_rpc_api/control.md: the state of the server, which changes nothing. */
export const snapserverStatus: TextQuestion = {
  ask: '{"id":1,"jsonrpc":"2.0","method":"Server.GetStatus"}\r\n',
  prefix: '{"id":1,"jsonrpc":"2.0",',
  answer: /"snapserver":\{[^{}]{0,300}?"version":"(?<version>\d[\w.+-]{0,30})"/,
};

/**
 * distcc, doc/protocol-1.txt: a program without a line, to be compiled. Its answer is the only word that a server ever says; it
 * keeps nothing.
 */
export const distccEmptyProgram: TextQuestion = {
  ask: `DIST00000001ARGC00000005${["cc", "-c", "harbinger.c", "-o", "harbinger.o"]
    .map((word) => `ARGV${word.length.toString(16).padStart(8, "0")}${word}`)
    .join("")}DOTI00000000`,
  prefix: "DONE0000000",
  answer: /^DONE0000000[123]STAT(?<status>[0-9a-f]{8})/,
};

const headerLine = (names: string) => new RegExp(`^(?:${names}):[ \\t]*([^\\r\\n]{1,200})`, "im");
const serverHeader = headerLine("Server|User-Agent");

/** Product and version of a Server or User-Agent header of SIP and RTSP: `kamailio (5.6.3 (x86_64/linux))`, `AirTunes/105.1`. */
export function agentIn(bytes: Uint8Array): { readonly product?: string; readonly version?: string } {
  const header = serverHeader.exec(latin1(bytes, 0, Math.min(bytes.length, maximumAnswerBytes)))?.[1];
  const parts = header === undefined ? null : /^([A-Za-z][\w.+ -]{0,60}?)[ /(-]{1,8}v?(\d[\w.+-]*)/.exec(header);
  if (parts?.[1] === undefined) return header === undefined ? {} : { product: fact(header.trim()) };
  return { product: fact(parts[1].trim()), ...(parts[2] !== undefined && { version: fact(parts[2]) }) };
}
