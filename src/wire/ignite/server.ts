import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/**
 * Handshake of a thin client, version 1.2.0, without user and password.
 * https://ignite.apache.org/docs/latest/binary-client-protocol/binary-client-protocol#connection-handshake
 */
export const igniteHandshake = Uint8Array.of(...[10, 0, 0, 0], 1, ...[1, 0, 2, 0, 0, 0], 2, 101, 101);

export type IgniteAnswer =
  | { readonly kind: "accepted" }
  | {
      readonly kind: "refused";
      readonly text: string;
      readonly status?: number | undefined;
      readonly protocolVersion: string;
    };

/** The status of a failed authentication. */
export const igniteAuthenticationFailed = 2000;

/** Success or failure of the handshake. Binary client protocol, "Connection Handshake". */
export function parseIgniteAnswer(bytes: Uint8Array): Outcome<IgniteAnswer> {
  const reader = new Reader(bytes);
  const length = reader.u32le();
  if (reader.overrun) return incomplete;
  if (length < 1 || length > 8192) return mismatch;
  const body = reader.view(length);
  const success = body.u8();
  if (body.overrun || body.cut) return incomplete;
  // In version 1.2 success is one byte; later versions may add the node's identifier (17 bytes) and features.
  if (success === 1) return length === 1 || length >= 17 ? match({ kind: "accepted" }) : mismatch;
  if (success !== 0) return mismatch;
  const protocolVersion = `${body.u16le()}.${body.u16le()}.${body.u16le()}`;
  const type = body.u8();
  const text = type === 9 ? body.text(body.u32le()) : "";
  if (body.overrun || (type !== 9 && type !== 101)) return mismatch;
  const status = body.remaining >= 4 ? body.u32le() : undefined;
  return match({ kind: "refused", text: fact(text), protocolVersion, status });
}
