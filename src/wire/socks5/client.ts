import { dottedQuad, fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";
import { socks5Secrets } from "./secrets.ts";

/** The methods that a client offers to a SOCKS 5 proxy, and its request. */
export interface Socks5Greeting {
  /** `none`, `gssapi`, `user-password`, ... */
  readonly methods: readonly string[];
  readonly user?: string | undefined;
  readonly command?: string | undefined;
  readonly destinationHost?: string | undefined;
  readonly destinationPort?: number | undefined;
}

/** IANA, "SOCKS Methods"; 0x80 and above are private. 0x04 is unassigned, but scanners offer it. */
const methodNames: Readonly<Record<number, string>> = {
  0: "none",
  1: "gssapi",
  2: "user-password",
  3: "chap",
  4: "4",
  5: "challenge-response",
  6: "tls",
  7: "nds",
  8: "multi",
  9: "json",
};
const commands: Readonly<Record<number, string>> = { 1: "connect", 2: "bind", 3: "udp-associate" };

/**
 * Proof: version 5 and a list of different, assigned authentication methods; only SOCKS may follow. RFC 1928 section 3.
 */
export function parse(bytes: Uint8Array): Outcome<Socks5Greeting> {
  const reader = new Reader(bytes);
  if (reader.remaining === 0) return incomplete;
  if (reader.u8() !== 5) return mismatch;
  const count = reader.u8();
  if (reader.overrun) return incomplete;
  if (count === 0 || count > 16) return mismatch;
  const offered = reader.view(count);
  const methods: string[] = [];
  while (offered.remaining > 0) {
    const method = offered.u8();
    const name = methodNames[method] ?? (method >= 0x80 && method < 0xff ? `private-${method}` : undefined);
    if (name === undefined || methods.includes(name)) return mismatch;
    methods.push(name);
  }
  if (offered.cut) return incomplete;
  // The request follows after the server's answer.
  if (reader.remaining === 0) return match({ methods }, false);
  const user = reader.peek() === 1 ? readUser(reader) : undefined;
  if (user === mismatch) return mismatch;
  if (user === incomplete) return match({ methods }, false);
  const known = { methods, user: typeof user === "string" ? fact(user) : undefined };
  if (reader.remaining === 0) return match(known, false);
  const request = readRequest(reader);
  if (request.kind !== "match") return request.kind === "mismatch" ? mismatch : match(known, false);
  return match({ ...known, ...request.value });
}

/** RFC 1929: version 1, a user name, a password (skipped). */
function readUser(reader: Reader): string | typeof mismatch | typeof incomplete {
  reader.u8();
  const length = reader.u8();
  const user = reader.text(length);
  const passwordLength = reader.u8();
  reader.skip(passwordLength);
  if (reader.overrun) return incomplete;
  return length === 0 || passwordLength === 0 ? mismatch : user;
}

/** RFC 1928 section 4. */
function readRequest(
  reader: Reader,
): Outcome<Required<Pick<Socks5Greeting, "command" | "destinationHost" | "destinationPort">>> {
  const version = reader.u8();
  const command = commands[reader.u8()];
  const reserved = reader.u8();
  const addressType = reader.u8();
  if (version !== 5) return mismatch;
  if (reader.overrun) return incomplete;
  if (command === undefined || reserved !== 0) return mismatch;
  const destinationHost = readAddress(reader, addressType);
  if (destinationHost === undefined) return mismatch;
  const destinationPort = reader.u16();
  return reader.overrun ? incomplete : match({ command, destinationHost, destinationPort });
}

function readAddress(reader: Reader, type: number): string | undefined {
  if (type === 1) return dottedQuad(reader.take(4));
  if (type === 3) return fact(reader.text(reader.u8()));
  if (type !== 4) return undefined;
  const groups: string[] = [];
  for (let at = 0; at < 8; at++) groups.push(reader.u16().toString(16));
  return groups.join(":");
}

export const socks5 = protocol({
  name: "socks5",
  strength: "medium",
  firstBytes: oneOf(5),
  parse,
  describe: (value) => ({ socks5: { ...value } }),
  secrets: socks5Secrets,
});
