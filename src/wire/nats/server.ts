import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The INFO that a NATS server sends first. https://docs.nats.io/reference/reference-protocols/nats-protocol#info */
export interface NatsInfo {
  readonly version?: string | undefined;
  readonly serverName?: string | undefined;
  readonly authRequired: boolean;
  readonly tlsRequired: boolean;
  /** The server requires a client certificate. */
  readonly tlsVerify: boolean;
  readonly jetStream: boolean;
}

const keyword = ascii("info ");
const maxInfoBytes = 16_384;

/** A CONNECT without credentials, and a PING: its answer shows whether the server accepted the CONNECT. */
export const natsConnect = ascii(
  'CONNECT {"verbose":false,"pedantic":false,"tls_required":false,"lang":"harbinger","version":"1","protocol":1}\r\nPING\r\n',
);

/** NATS client protocol, INFO. */
export function parseNatsInfo(bytes: Uint8Array): Outcome<NatsInfo> {
  const start = startsWith(bytes, keyword, 0, true);
  if (start !== "match") return start === "incomplete" ? incomplete : mismatch;
  const reader = new Reader(bytes, keyword.length);
  const text = reader.line(maxInfoBytes);
  if (text === undefined) return bytes.length < maxInfoBytes ? incomplete : mismatch;
  const info = readObject(text);
  if (info === undefined || typeof info["server_id"] !== "string") return mismatch;
  const { version, server_name: serverName } = info;
  return match({
    version: typeof version === "string" ? fact(version) : undefined,
    serverName: typeof serverName === "string" ? fact(serverName) : undefined,
    authRequired: info["auth_required"] === true,
    tlsRequired: info["tls_required"] === true,
    tlsVerify: info["tls_verify"] === true,
    jetStream: info["jetstream"] === true,
  });
}

/** The answer to {@link natsConnect}. */
export type NatsAnswer = { readonly kind: "pong" } | { readonly kind: "error"; readonly text: string };

/** NATS client protocol, PING/PONG and +OK/ERR. A further INFO may come first. */
export function parseNatsAnswer(bytes: Uint8Array): Outcome<NatsAnswer> {
  const reader = new Reader(bytes);
  for (let lines = 0; lines < 16; lines++) {
    const text = reader.line(maxInfoBytes);
    if (text === undefined) return incomplete;
    if (/^pong\b/i.test(text)) return match({ kind: "pong" });
    const error = /^-err\s*(.*)/i.exec(text);
    if (error !== null) return match({ kind: "error", text: fact(error[1] ?? "") });
    if (!/^(?:info|ping|\+ok)\b/i.test(text) && !text.startsWith("+OK")) return mismatch;
  }
  return mismatch;
}

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}
