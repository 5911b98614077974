import { nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The Hello of an OPC UA client. */
export interface OpcUaHello {
  readonly protocolVersion: number;
  /** `opc.tcp://192.0.2.7:4840`. */
  readonly endpointUrl?: string | undefined;
}

const magic = ascii("HELF");

/** Proof: `HELF` and an exact length. OPC 10000-6, sections 7.1.2.2 and 7.1.2.3. */
export function parse(bytes: Uint8Array): Outcome<OpcUaHello> {
  const agreement = startsWith(bytes, magic);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes, magic.length);
  const length = reader.u32le();
  if (reader.overrun) return incomplete;
  if (length < 32 || length > 8192) return mismatch;
  const body = reader.view(length - 8);
  const protocolVersion = body.u32le();
  body.skip(16);
  const urlBytes = body.u32le();
  if (body.overrun) return incomplete;
  if (protocolVersion > 0xffff || (urlBytes !== 0xffffffff && urlBytes !== length - 32)) return mismatch;
  if (urlBytes === 0xffffffff) return length === 32 ? match({ protocolVersion }) : mismatch;
  const url = body.text(urlBytes);
  if (body.overrun) return match({ protocolVersion }, false);
  return match({ protocolVersion, endpointUrl: nonEmptyFact(url) });
}

export const opcUa = protocol({
  name: "opc-ua",
  strength: "strong",
  firstBytes: anyOf("H"),
  parse,
  describe: (value) => ({ "opc-ua": { ...value } }),
});
