import { nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { latin1, maxInspectedBytes } from "../reader.ts";

/** A message to a syslog server. */
export interface SyslogMessage {
  readonly facility: string;
  readonly severity: string;
  /** `rfc5424` or `rfc3164`. */
  readonly format: string;
  readonly host?: string | undefined;
  readonly program?: string | undefined;
  readonly octetCounted?: boolean | undefined;
}

const facilities = [
  ..."kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock".split(" "),
  ..."local0 local1 local2 local3 local4 local5 local6 local7".split(" "),
];
const severities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];
const maxHeaderBytes = 1024;

/**
 * Proof: a frame that begins with a priority from 0 to 191 in angle brackets, then the version and the time of RFC 5424 or the date
 * of RFC 3164. Frames: RFC 6587.
 */
export function parse(bytes: Uint8Array): Outcome<SyslogMessage> {
  const head = latin1(bytes, 0, Math.min(bytes.length, maxHeaderBytes));
  const count = /^[1-9]\d{0,5} /.exec(head)?.[0];
  if (count === undefined && /^[1-9]\d{0,5}$/.test(head)) return incomplete;
  const text = count === undefined ? head : head.slice(count.length);
  const priority = /^<(\d{1,3})>/.exec(text);
  if (priority === null) return /^(?:<\d{0,3})?$/.test(text) ? incomplete : mismatch;
  const number = Number(priority[1]);
  const facility = facilities[number >> 3];
  const severity = severities[number & 7];
  if (facility === undefined || severity === undefined) return mismatch;
  const header = readHeader(text.slice(priority[0].length));
  if (header.kind !== "match") return header;
  const frameEnd = count === undefined ? undefined : count.length + Number(count);
  const length = Math.min(bytes.length, maxInspectedBytes);
  const isWhole = frameEnd === undefined ? /[\n\0]/.test(head) || length > head.length : length >= frameEnd;
  const octetCounted = count === undefined ? {} : { octetCounted: true };
  return match({ facility, severity, ...header.value, ...octetCounted }, isWhole && header.complete);
}

type Header = Pick<SyslogMessage, "format" | "host" | "program">;

function readHeader(text: string): Outcome<Header> {
  if (text === "" || text === "1") return incomplete;
  if (text.startsWith("1 ")) return readNew(text.slice(2));
  return readOld(text);
}

const newTime = /^(?:-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)) /;
const newTimeBegins = /^[\d:T.Z+-]{0,35}$/;

/** VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME SP ... RFC 5424 section 6. */
function readNew(text: string): Outcome<Header> {
  const time = newTime.exec(text)?.[0];
  if (time === undefined) return newTimeBegins.test(text) ? incomplete : mismatch;
  const [host = "", program = "", ...rest] = text.slice(time.length).split(" ", 3);
  const known = rest.length > 0 ? { host: named(host), program: named(program) } : {};
  return match({ format: "rfc5424", ...known }, rest.length > 0);
}

function named(text: string): string | undefined {
  return text === "-" ? undefined : nonEmptyFact(text);
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
const oldTime = /^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d /;
const timeForm = "Mmm dd hh:mm:ss ";

/** `Oct 11 22:14:15 host program[123]: text`. RFC 3164 section 4.1. */
function readOld(text: string): Outcome<Header> {
  const time = oldTime.exec(text)?.[0];
  if (time === undefined) return text.length < timeForm.length && mayBeTime(text) ? incomplete : mismatch;
  const [first = "", second, ...rest] = text.slice(time.length).split(" ", 3);
  if (second === undefined) return match({ format: "rfc3164" }, /[\n\0]/.test(first));
  // Without a host the program comes first.
  const isHost = !/[:[]/.test(first);
  const tag = isHost ? second : first;
  const isWhole = rest.length > 0 || !isHost || /[\n\0]/.test(second);
  const program = /^[^\s:[\0]{1,64}(?=[:[])/.exec(tag)?.[0];
  const known = { host: isHost ? named(first) : undefined, program: isWhole ? program : undefined };
  return match({ format: "rfc3164", ...known }, isWhole);
}

function mayBeTime(text: string): boolean {
  const month = text.slice(0, 3);
  return months.split(" ").some((name) => name.startsWith(month)) && /^[ \d:]*$/.test(text.slice(3));
}

export const syslog = protocol({
  name: "syslog",
  strength: "medium",
  firstBytes: anyOf("<123456789"),
  parse,
  describe: (value) => ({ syslog: { ...value } }),
});
