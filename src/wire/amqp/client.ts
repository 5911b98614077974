import { match, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, maxInspectedBytes, startsWith } from "../reader.ts";
import type { Secret } from "../secret.ts";
import { readLogin } from "./login.ts";

/** The protocol header that every AMQP client sends first, and the login that follows if a server has answered. */
export interface AmqpHeader {
  /** `0-9-1`, `0-10`, `1.0`; for an unknown header its four bytes. */
  readonly version: string;
  /** AMQP 1.0: what follows: `amqp`, `tls` or `sasl`. */
  readonly layer?: string | undefined;
  /** Login mechanism, up to AMQP 0-9-1: `PLAIN`. */
  readonly mechanism?: string | undefined;
  readonly user?: string | undefined;
  /** `rabbitmq-c 0.11.0`. */
  readonly client?: string | undefined;
}

const magic = ascii("AMQP");
const headerBytes = 8;
/** AMQP 0-9-1 section 4.2.2; AMQP 0-10 section 4.3; AMQP 1.0 sections 2.2, 5.2.1 and 5.3.2. */
const versions: Readonly<Record<string, AmqpHeader>> = {
  "0.0.9.1": { version: "0-9-1" },
  "1.1.0.9": { version: "0-9" },
  "1.1.9.1": { version: "0-9-1" },
  "1.1.8.0": { version: "0-8" },
  "1.1.0.10": { version: "0-10" },
  "0.1.0.0": { version: "1.0", layer: "amqp" },
  "2.1.0.0": { version: "1.0", layer: "tls" },
  "3.1.0.0": { version: "1.0", layer: "sasl" },
};

/** Proof: the letters `AMQP` and four small numbers. AMQP 0-9-1 section 4.2.2. */
export function parse(bytes: Uint8Array): Outcome<AmqpHeader> {
  const agreement = startsWith(bytes, magic);
  if (agreement !== "match") return { kind: agreement };
  const numbers = bytes.subarray(4, 8);
  if (numbers.some((number) => number > 0x1f)) return { kind: "mismatch" };
  if (numbers.length < 4) return { kind: "incomplete" };
  const version = numbers.join(".");
  const header = versions[version] ?? { version };
  const following = bytes.subarray(headerBytes, maxInspectedBytes);
  if (following.length === 0 || !header.version.startsWith("0-9")) return match(header);
  const login = readLogin(following);
  if (login.kind !== "match") return match(header, login.kind === "mismatch");
  const { secret, ...facts } = login.value;
  return match({ ...header, ...facts });
}

/** The password of a login. */
export function amqpSecrets(bytes: Uint8Array): readonly Secret[] {
  const login = readLogin(bytes.subarray(headerBytes));
  if (login.kind !== "match" || login.value.secret === undefined) return [];
  const { start, end, text } = login.value.secret;
  return [{ start: start + headerBytes, end: end + headerBytes, text }];
}

export const amqp = protocol({
  name: "amqp",
  strength: "strong",
  firstBytes: anyOf("A"),
  parse,
  describe: (value) => ({ amqp: { ...value } }),
  secrets: amqpSecrets,
});
