import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, latin1, Reader, startsWith } from "../reader.ts";
import { type Greeting, greetingWith } from "./greeting.ts";

/** The form of a text greeting: how it begins, and where product and version are. */
interface TextGreeting {
  readonly protocol: string;
  /** In lower case. */
  readonly prefix: string;
  /**
   * Applied to the first line. Groups `product`, `version` (or `major`, `minor` and `micro`), and `protocol` for the protocol
   * version.
   */
  readonly pattern: RegExp;
  readonly product?: string | undefined;
  /** The greeting may lack a line feed. */
  readonly isOpen?: boolean | undefined;
  /** The pattern is applied to the first lines, not only to the first one. */
  readonly isLong?: boolean | undefined;
}

const maxLineBytes = 2048;
const maxLongBytes = 8192;

const greetings: readonly TextGreeting[] = [
  // RFC 2229, 3.1: text, capabilities, message identifier. `220 host dictd 1.13.0/rf on Linux 6.1 <auth.mime> <1.1@host>`
  { protocol: "dict", prefix: "220 ", pattern: /^220 \S+ dictd (?<version>\d[\w.]*)/, product: "dictd" },
  // SVDRP of the Video Disk Recorder, svdrp.c. `220 host SVDRP VideoDiskRecorder 2.6.0; date; UTF-8`
  {
    protocol: "svdrp",
    prefix: "220 ",
    pattern: /^220 \S+ SVDRP VideoDiskRecorder (?<version>\d[\w.]*)/,
    product: "VDR",
  },
  // HylaFAX's client protocol, hfaxd(8).
  {
    protocol: "hylafax",
    prefix: "220 ",
    pattern: /^220 \S+ server \(HylaFAX \(tm\) Version (?<version>\d[\w.]*)\)/,
    product: "HylaFAX",
  },
  // RFC 3977, 5.1.
  ...["200 ", "201 "].flatMap((prefix): TextGreeting[] => [
    {
      protocol: "nntp",
      prefix,
      pattern: /^20[01] .{0,255}\bINN (?<version>\d[\w.]*)/,
      product: "INN",
    },
    {
      protocol: "nntp",
      prefix,
      pattern: /^20[01] Leafnode NNTP Daemon, version (?<version>\d[\w.]*)/i,
      product: "Leafnode",
    },
    { protocol: "nntp", prefix, pattern: /^20[01] .{0,255}\b(?:NNTP|NNRP|Usenet|news)\b/i },
  ]),
  // https://mpd.readthedocs.io/en/stable/protocol.html: the version is that of the protocol. Other implementations stay below 0.20.
  {
    protocol: "mpd",
    prefix: "ok mpd ",
    pattern: /^OK MPD (?<protocol>0\.2\d\.\d+|\d{2}\.\d+)/,
    product: "Music Player Daemon",
  },
  { protocol: "mpd", prefix: "ok mpd ", pattern: /^OK MPD (?<protocol>\d[\d.]*)/ },
  // RFC 5804, 1.7. `"IMPLEMENTATION" "Dovecot Pigeonhole"`
  {
    protocol: "sieve",
    prefix: '"implementation" ',
    pattern: /^"IMPLEMENTATION" "Dovecot [^"]{0,60}Pigeonhole/i,
    product: "Dovecot Pigeonhole",
  },
  {
    protocol: "sieve",
    prefix: '"implementation" ',
    pattern: /^"IMPLEMENTATION" "(?<product>[A-Za-z]+)/i,
  },
  { protocol: "sieve", prefix: '"sieve" ', pattern: /^"SIEVE" "/i },
  // Subversion's ra_svn, libsvn_ra_svn/protocol: minimum and maximum version, mechanisms, capabilities.
  {
    protocol: "svn",
    prefix: "( success ( ",
    pattern: /^\( success \( \d+ (?<protocol>\d+) \(/,
    product: "Subversion",
    isOpen: true,
  },
  // RFC 1459, 2.3; the notices precede the registration.
  { protocol: "irc", prefix: ":", pattern: /^:\S{1,255} NOTICE \S+ :BitlBee/, product: "BitlBee" },
  { protocol: "irc", prefix: ":", pattern: /^:\S{1,255} (?:NOTICE \S+|020 \*) :/ },
  { protocol: "irc", prefix: "notice ", pattern: /^NOTICE (?:AUTH|\*) :/ },
  // https://gpsd.gitlab.io/gpsd/gpsd_json.html, VERSION.
  {
    protocol: "gpsd",
    prefix: '{"class":"version",',
    pattern: /"release":"(?<version>\d[\w.~+-]*)"/,
    product: "gpsd",
  },
  // QEMU Machine Protocol, 2.2 "Server greeting".
  {
    protocol: "qmp",
    prefix: '{"qmp": ',
    pattern: /"qemu": \{"micro": (?<micro>\d+), "minor": (?<minor>\d+), "major": (?<major>\d+)\}/,
    product: "QEMU",
  },
  { protocol: "munin", prefix: "# munin node at ", pattern: /^# munin node at \S/, product: "Munin" },
  // powermand, client_proto.h: `001 powerman 2.3.27`
  {
    protocol: "powerman",
    prefix: "001 ",
    pattern: /^001 (?:powerman )?(?<version>\d[\w.]*)/,
    product: "powerman",
  },
  // src/box/xrow.c, greeting_encode().
  {
    protocol: "tarantool",
    prefix: "tarantool ",
    pattern: /^Tarantool (?<version>\d[\d.]*(?:-\w+)*?)(?:-\d+-g[0-9a-f]+)? \(/,
    product: "Tarantool",
  },
  // Varnish CLI (varnish-cli(7)): status, length; 107 asks for authentication.
  { protocol: "varnish-cli", prefix: "107 ", pattern: /^107 \d{1,8} *$/, product: "Varnish" },
  {
    protocol: "varnish-cli",
    prefix: "200 ",
    pattern: /^200 \d{1,8} *\n[^\0]{0,1000}Varnish Cache CLI[^\0]{0,200}varnish-(?<version>\d[\w.]*)/,
    product: "Varnish",
    isLong: true,
  },
  // Ganglia's gmond sends its whole state. https://github.com/ganglia/monitor-core
  {
    protocol: "ganglia",
    prefix: "<?xml ",
    pattern: /<GANGLIA_XML VERSION="(?<version>\d[\w.]*)" SOURCE="gm(?:ond|etad)"/,
    product: "Ganglia",
    isLong: true,
  },
  // The terminals of FRRouting and Quagga use Telnet, and send a greeting before the negotiation (lib/command.c).
  {
    protocol: "telnet",
    prefix: "\r\nhello, this is ",
    pattern: /^\r\nHello, this is (?<product>FRRouting|Quagga) \(version (?<version>\d[\w.]*)/,
    isLong: true,
  },
  // RFC 867 does not specify the form; this is what inetd sends.
  ...["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(
    (prefix): TextGreeting => ({
      protocol: "daytime",
      prefix: `${prefix} `,
      pattern: /^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
    }),
  ),
  // RFC 864: lines of 72 characters, each shifted by one.
  { protocol: "chargen", prefix: " !\"#$%&'()*+,-./", pattern: /^ !"#\$%&'\(\)\*\+,-\.\// },
];

/** Recognises text greetings, mostly by their first line. The first entry of the table that fits counts. */
export function parseTextGreeting(bytes: Uint8Array): Outcome<Greeting> {
  let open = false;
  for (const known of greetings) {
    const outcome = read(known, bytes);
    if (outcome.kind === "match") return outcome;
    open ||= outcome.kind === "incomplete";
  }
  return open ? incomplete : mismatch;
}

function read(known: TextGreeting, bytes: Uint8Array): Outcome<Greeting> {
  const start = startsWith(bytes, ascii(known.prefix), 0, true);
  if (start !== "match") return start === "incomplete" ? incomplete : mismatch;
  const reader = new Reader(bytes);
  const first = reader.line(maxLineBytes);
  const limit = known.isLong === true ? maxLongBytes : maxLineBytes;
  const whole = latin1(bytes, 0, Math.min(bytes.length, limit));
  const text = known.isLong === true ? whole : known.isOpen === true ? (first ?? whole) : first;
  const parts = text === undefined ? null : known.pattern.exec(text);
  if (text === undefined || parts === null) {
    const mayGrow = bytes.length < limit && (first === undefined || known.isLong === true);
    return mayGrow ? incomplete : mismatch;
  }
  const { product = known.product, version, protocol: protocolVersion, major, minor, micro } = parts.groups ?? {};
  const number = major === undefined ? version : `${major}.${minor}.${micro}`;
  return match(
    greetingWith(known.protocol, first ?? text, product, number, {
      protocolVersion,
    }),
  );
}
