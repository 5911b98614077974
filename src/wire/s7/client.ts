import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The connection request of a Siemens S7 client. */
export interface S7Start {
  /** Four hex digits each, or text: `SIMATIC-ROOT-HMI`. */
  readonly sourceTsap: string;
  readonly destinationTsap: string;
  /** `pg` (programming device), `op` (operator panel), `basic`. */
  readonly connection?: string | undefined;
  readonly rack?: number | undefined;
  readonly slot?: number | undefined;
  /** The first function, if the client does not wait for the answer: `setup-communication`. */
  readonly function?: string | undefined;
}

const connectionTypes: Readonly<Record<number, string>> = { 1: "pg", 2: "op", 3: "basic" };
const functions: Readonly<Record<number, string>> = {
  0: "cpu-services",
  4: "read",
  5: "write",
  26: "request-download",
  29: "start-upload",
  40: "plc-control",
  41: "plc-stop",
  240: "setup-communication",
};

/**
 * Proof: TPKT, and a COTP connection request with two TSAPs, the called one in the form of S7. RDP begins with the same two
 * layers but has no TSAP; MMS (IEC 61850) has other ones. RFC 1006, ISO 8073 section 13.3.
 */
export function parse(bytes: Uint8Array): Outcome<S7Start> {
  const reader = new Reader(bytes);
  const packet = readTpkt(reader);
  if (packet.kind !== "match") return packet;
  const request = packet.value;
  const headerBytes = request.u8();
  const type = request.u8();
  if (!request.overrun && type >> 4 !== 0x0e) return mismatch;
  const destinationReference = request.u16();
  request.u16();
  const protocolClass = request.u8();
  if (request.overrun) return { kind: request.failed() };
  if (destinationReference !== 0 || protocolClass >> 4 > 4) return mismatch;
  if (!request.cut && headerBytes !== request.remaining + 6) return mismatch;
  const tsaps = readTsaps(request);
  if (tsaps.kind !== "match") return tsaps;
  const { source, destination } = tsaps.value;
  const [first = 0, second = 0] = destination;
  const isNumber = destination.length === 2;
  if (isNumber ? first === 0 : shown(source) !== "SIMATIC-ROOT-HMI" && !shown(destination).startsWith("SIMATIC")) {
    return mismatch;
  }
  const connection = isNumber ? connectionTypes[first] : undefined;
  const value = {
    sourceTsap: shown(source),
    destinationTsap: shown(destination),
    connection,
    rack: connection === undefined ? undefined : second >> 5,
    slot: connection === undefined ? undefined : second & 0x1f,
  };
  if (reader.remaining === 0) return match(value);
  const name = readFunction(reader);
  return name.kind === "match" ? match({ ...value, function: name.value }) : match(value, name.kind === "mismatch");
}

/** RFC 1006 section 6: version 3, a reserved byte, the total length. */
function readTpkt(reader: Reader): Outcome<Reader> {
  if (reader.peek() !== 3 && reader.remaining > 0) return mismatch;
  if (reader.peek(1) > 0) return mismatch;
  reader.skip(2);
  const length = reader.u16();
  if (reader.overrun) return incomplete;
  return length < 7 ? mismatch : match(reader.view(length - 4));
}

/** The variable part: 0xc0 TPDU size, 0xc1 calling TSAP, 0xc2 called TSAP. ISO 8073 section 13.3.4. */
function readTsaps(request: Reader): Outcome<{ readonly source: Uint8Array; readonly destination: Uint8Array }> {
  let source: Uint8Array | undefined;
  let destination: Uint8Array | undefined;
  while (request.remaining > 0) {
    const code = request.u8();
    const length = request.u8();
    const contents = request.take(length);
    if (request.overrun) return { kind: request.failed() };
    if (length === 0 || length > 32) return mismatch;
    if (code === 0xc1) source = contents;
    else if (code === 0xc2) destination = contents;
    else if (code !== 0xc0) return mismatch;
  }
  if (request.cut) return incomplete;
  return source === undefined || destination === undefined ? mismatch : match({ source, destination });
}

/** COTP data, then an S7 header: 0x32, message type, and the function as the first byte of the parameters. */
function readFunction(reader: Reader): Outcome<string> {
  const tpkt = readTpkt(reader);
  if (tpkt.kind !== "match") return tpkt;
  const packet = tpkt.value;
  const cotp = packet.u24();
  const protocolIdentifier = packet.u8();
  packet.u8();
  packet.skip(8);
  const number = packet.u8();
  if (packet.overrun) return incomplete;
  if (cotp !== 0x02f080 || protocolIdentifier !== 0x32) return mismatch;
  return match(functions[number] ?? `0x${number.toString(16)}`);
}

function shown(tsap: Uint8Array): string {
  const buffer = Buffer.from(tsap.buffer, tsap.byteOffset, tsap.byteLength);
  const text = buffer.toString("latin1");
  return tsap.length > 2 && /^[\x20-\x7e]+$/.test(text) ? text : buffer.toString("hex");
}

export const s7 = protocol({
  name: "s7",
  strength: "strong",
  firstBytes: oneOf(3),
  parse,
  describe: (value) => ({ s7: { ...value } }),
});
