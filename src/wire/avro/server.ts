import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { latin1, Reader } from "../reader.ts";

/**
 * A handshake of Avro RPC with hashes that no server has, so that the server answers with its whole protocol; no method is
 * called. Framed as by Avro's Netty transport: serial, number of buffers, and each buffer with its length.
 * https://avro.apache.org/docs/1.11.1/specification/#handshake
 */
export const avroHandshake = (() => {
  // clientHash, clientProtocol null, serverHash, meta null; then the call: empty metadata and an empty name, a ping.
  const buffer = [...new Array<number>(16).fill(0x48), 0, ...new Array<number>(16).fill(0x42), 0, 0, 0];
  return Uint8Array.of(...[0, 0, 0, 1], ...[0, 0, 0, 1], ...[0, 0, 0, buffer.length], ...buffer);
})();

export interface AvroAnswer {
  /** The name of the protocol: `AvroSourceProtocol` of a Flume source. */
  readonly protocol: string;
}

const maxFrameBytes = 16_000;

/** HandshakeResponse: match (0 BOTH, 1 CLIENT, 2 NONE as zig-zag), then the server's protocol in JSON. */
export function parseAvroAnswer(bytes: Uint8Array): Outcome<AvroAnswer> {
  const reader = new Reader(bytes);
  const serial = reader.u32();
  const buffers = reader.u32();
  const length = reader.u32();
  if (reader.overrun) return incomplete;
  if (serial !== 1 || buffers < 1 || buffers > 64 || length < 1 || length > maxFrameBytes) return mismatch;
  const kind = reader.peek();
  if (kind === -1) return incomplete;
  if (kind !== 0 && kind !== 2 && kind !== 4) return mismatch;
  const text = latin1(bytes, reader.offset, Math.min(bytes.length, maxFrameBytes));
  const protocol = /"protocol"\s*:\s*"([\w.]{1,128})"/.exec(text)?.[1];
  if (protocol !== undefined) return match({ protocol: fact(protocol) });
  return bytes.length < maxFrameBytes && reader.remaining < length ? incomplete : mismatch;
}

/** The protocol name of Flume's Avro source. */
export const flumeProtocol = "AvroSourceProtocol";
