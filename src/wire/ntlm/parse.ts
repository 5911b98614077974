import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader, startsWith, wireText } from "../reader.ts";

/** The names in the first message of an NTLM client, or in its answer to a challenge. The response is not included. */
export interface NtlmMessage {
  readonly kind: "negotiate" | "authenticate";
  readonly user?: string;
  readonly domain?: string;
  /** The name of the client's machine. */
  readonly workstation?: string;
}

interface Field {
  readonly start: number;
  readonly end: number;
}

const magic = ascii("NTLMSSP\0");
const unicode = 0x00000001;
const domainSupplied = 0x00001000;
const workstationSupplied = 0x00002000;
const maxNameBytes = 512;

/** Proof: the signature, a message type of clients, and fields within the bytes. [MS-NLMP] sections 2.2.1.1 and 2.2.1.3. */
export function parse(bytes: Uint8Array): Outcome<NtlmMessage> {
  const agreement = startsWith(bytes, magic);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes, magic.length);
  const type = reader.u32le();
  if (reader.overrun) return incomplete;
  if (type === 1) return readNegotiate(reader);
  return type === 3 ? readAuthenticate(reader) : mismatch;
}

/** The positions of the responses in an answer to a challenge: passwords can be guessed from them. */
export function ntlmResponses(bytes: Uint8Array): readonly Field[] {
  const outcome = parse(bytes);
  if (outcome.kind !== "match" || outcome.value.kind !== "authenticate") return [];
  const reader = new Reader(bytes, magic.length + 4);
  return [readField(reader), readField(reader)]
    .map(({ start, end }) => ({ start, end: Math.min(end, bytes.length) }))
    .filter(({ start, end }) => end > start);
}

function readNegotiate(reader: Reader): Outcome<NtlmMessage> {
  const flags = reader.u32le();
  if (reader.overrun) return incomplete;
  const domain = readField(reader);
  const workstation = readField(reader);
  // Windows 95 omits both.
  if (reader.overrun) return match({ kind: "negotiate" }, true);
  const names = {
    domain: (flags & domainSupplied) === 0 ? none : domain,
    workstation: (flags & workstationSupplied) === 0 ? none : workstation,
  };
  return withNames("negotiate", names, reader, false);
}

function readAuthenticate(reader: Reader): Outcome<NtlmMessage> {
  readField(reader);
  readField(reader);
  const domain = readField(reader);
  const user = readField(reader);
  const workstation = readField(reader);
  readField(reader);
  const flags = reader.u32le();
  if (reader.overrun) return incomplete;
  return withNames("authenticate", { user, domain, workstation }, reader, (flags & unicode) !== 0);
}

const none: Field = { start: 0, end: 0 };

/** A length, the allocated length, and an offset. */
function readField(reader: Reader): Field {
  const length = reader.u16le();
  reader.u16le();
  const start = reader.u32le();
  return { start, end: start + length };
}

function withNames(
  kind: NtlmMessage["kind"],
  fields: { readonly user?: Field; readonly domain: Field; readonly workstation: Field },
  { bytes, end }: Reader,
  isUnicode: boolean,
): Outcome<NtlmMessage> {
  const names: Record<string, string> = {};
  for (const [name, field] of Object.entries(fields)) {
    const length = field.end - field.start;
    if (length === 0) continue;
    if (length > maxNameBytes) return mismatch;
    if (field.end > end) return incomplete;
    const text = bytes.subarray(field.start, field.end);
    names[name] = fact(isUnicode ? Buffer.from(text).toString("utf16le") : wireText(text));
  }
  return match({ kind, ...names });
}
