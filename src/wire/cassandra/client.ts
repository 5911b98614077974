import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The first frame of a client of Apache Cassandra's native protocol. */
export interface CassandraFrame {
  /** Protocol version 1 to 5; DataStax Enterprise sets a further bit: `dse-2`. */
  readonly version: string;
  /** `OPTIONS` or `STARTUP`: only these may come first. */
  readonly opcode: string;
  readonly cqlVersion?: string | undefined;
  /** `Apache Cassandra Node.js Driver 4.10.0`. */
  readonly driver?: string | undefined;
  readonly compression?: string | undefined;
}

const startup = 1;
const options = 5;
const maxEntries = 16;

/**
 * Proof: a version, and OPTIONS without a body or STARTUP with a map of texts that contains CQL_VERSION.
 * Native protocol v4, sections 2, 4.1.1 and 4.1.3; the stream number has one byte up to v2.
 */
export function parse(bytes: Uint8Array): Outcome<CassandraFrame> {
  const reader = new Reader(bytes);
  const first = reader.u8();
  if (reader.overrun) return incomplete;
  const number = first & 0x3f;
  const isDse = (first & 0x40) !== 0;
  if (first >= 0x80 || number < 1 || number > (isDse ? 2 : 5)) return mismatch;
  const flags = reader.u8();
  // Before compression is negotiated, only the flag "beta" can be set.
  if ((flags & ~0x10) !== 0) return mismatch;
  if (number <= 2 && !isDse) reader.u8();
  else reader.u16();
  const opcode = reader.u8();
  if (reader.overrun) return incomplete;
  if (opcode !== startup && opcode !== options) return mismatch;
  const length = reader.u32();
  if (reader.overrun) return incomplete;
  const version = isDse ? `dse-${number}` : String(number);
  if (opcode === options) return length === 0 ? match({ version, opcode: "OPTIONS" }) : mismatch;
  return length < 4 || length > 65_536 ? mismatch : readStartup(reader.view(length), version);
}

function readStartup(body: Reader, version: string): Outcome<CassandraFrame> {
  const count = body.u16();
  if (body.overrun) return { kind: body.failed() };
  if (count === 0 || count > maxEntries) return mismatch;
  const entries = new Map<string, string>();
  for (let at = 0; at < count; at++) {
    const name = body.text(body.u16());
    if (!body.overrun && !/^[A-Z][A-Z_]+$/.test(name)) return mismatch;
    const text = body.text(body.u16());
    if (body.overrun) break;
    entries.set(name, fact(text));
  }
  const cqlVersion = entries.get("CQL_VERSION");
  if (cqlVersion === undefined) return { kind: body.overrun ? body.failed() : "mismatch" };
  if (body.overrun && !body.cut) return mismatch;
  const name = entries.get("DRIVER_NAME");
  const driverVersion = entries.get("DRIVER_VERSION");
  const compression = entries.get("COMPRESSION");
  return match(
    {
      version,
      opcode: "STARTUP",
      cqlVersion,
      driver: name === undefined || driverVersion === undefined ? undefined : `${name} ${driverVersion}`,
      compression,
    },
    !body.overrun,
  );
}

export const cassandra = protocol({
  name: "cassandra",
  strength: "strong",
  firstBytes: oneOf(1, 2, 3, 4, 5, 0x41, 0x42),
  parse,
  describe: (value) => ({ cassandra: { ...value } }),
});
