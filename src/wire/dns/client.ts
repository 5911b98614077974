import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** A DNS query over TCP. */
export interface DnsQuery {
  /** `query`, `status`, `notify`, `update`. */
  readonly operation: string;
  /** Without the dot at its end; `.` for the root. Dots and bytes beyond ASCII in a label are written `\046`. */
  readonly name?: string | undefined;
  /** `A`, `AXFR`, `TXT`; `TYPE65280` for a type without a name. */
  readonly type?: string | undefined;
  /** `IN`, `CH`. */
  readonly class?: string | undefined;
  /** The query asks for the server's software: `version.bind` and similar names. */
  readonly asksVersion?: boolean | undefined;
}

const operations: Readonly<Record<number, string>> = { 0: "query", 2: "status", 4: "notify", 5: "update" };
const types: Readonly<Record<number, string>> = {
  1: "A",
  2: "NS",
  5: "CNAME",
  6: "SOA",
  10: "NULL",
  12: "PTR",
  15: "MX",
  16: "TXT",
  28: "AAAA",
  33: "SRV",
  43: "DS",
  46: "RRSIG",
  48: "DNSKEY",
  65: "HTTPS",
  251: "IXFR",
  252: "AXFR",
  255: "ANY",
  257: "CAA",
};
const classes: Readonly<Record<number, string>> = { 1: "IN", 3: "CH", 4: "HS", 254: "NONE", 255: "ANY" };
const versionNames = /^(?:version\.bind|version\.server|hostname\.bind|id\.server|authors\.bind)$/i;
const headerBytes = 12;
const maxQueryBytes = 1024;

/**
 * Proof: a length, the flags of a query, one question in an assigned class, and counts that agree with the length.
 * RFC 1035 sections 4.1 and 4.2.2.
 */
export function parse(bytes: Uint8Array): Outcome<DnsQuery> {
  const reader = new Reader(bytes);
  const length = reader.u16();
  if (reader.overrun) return incomplete;
  if (length < headerBytes || length > maxQueryBytes) return mismatch;
  const body = reader.view(length);
  body.u16();
  const flags = body.u16();
  if (body.overrun) return incomplete;
  // QR, AA, TC, RA, the reserved bit and the response code are set only in answers.
  const operation = operations[(flags >> 11) & 0x0f];
  if ((flags & 0x86cf) !== 0 || operation === undefined) return mismatch;
  const questions = body.u16();
  const answers = body.u16();
  const authorities = body.u16();
  const additions = body.u16();
  if (body.overrun) return incomplete;
  const recordsAllowed = operation === "query" || operation === "status" ? 1 : 32;
  if (questions > 1 || answers > recordsAllowed || authorities > recordsAllowed || additions > 3) return mismatch;
  const records = answers + authorities + additions;
  if (questions === 0) {
    return operation === "status" && records === 0 && length === headerBytes ? match({ operation }) : mismatch;
  }
  return readQuestion(body, operation, records);
}

function readQuestion(body: Reader, operation: string, records: number): Outcome<DnsQuery> {
  const name = readName(body);
  if (name === undefined) return mismatch;
  const type = body.u16();
  const queryClass = body.u16();
  if (body.overrun) return { kind: body.failed() };
  // The highest bit of the class is multicast DNS's request for a unicast answer.
  const className = classes[queryClass & 0x7fff];
  if (className === undefined || type === 0) return mismatch;
  // A record takes at least eleven bytes. Without records the message ends after the question.
  if (!body.cut && (records === 0 ? body.remaining !== 0 : body.remaining < records * 11)) return mismatch;
  return match(
    {
      operation,
      name: fact(name),
      type: types[type] ?? `TYPE${type}`,
      class: className,
      asksVersion: versionNames.test(name) ? true : undefined,
    },
    !body.cut,
  );
}

/** Labels of at most 63 bytes, 255 in all. The first name cannot contain a pointer, because nothing precedes it. */
function readName(body: Reader): string | undefined {
  const labels: string[] = [];
  for (let length = body.u8(), total = 1; length !== 0; length = body.u8()) {
    total += length + 1;
    if (length > 63 || total > 255) return undefined;
    const label = body.take(length);
    if (body.overrun) return "";
    let text = "";
    for (const byte of label) text += isNameByte(byte) ? String.fromCharCode(byte) : escaped(byte);
    labels.push(text);
  }
  return labels.length === 0 ? "." : labels.join(".");
}

function isNameByte(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && byte !== 0x2e && byte !== 0x5c;
}

/** RFC 1035 section 5.1. */
function escaped(byte: number): string {
  return `\\${String(byte).padStart(3, "0")}`;
}

export const dns = protocol({
  name: "dns",
  strength: "medium",
  firstBytes: oneOf(0, 1, 2, 3, 4),
  parse,
  describe: (value) => ({ dns: { ...value } }),
});
