import { isPlain } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader, wireText } from "../reader.ts";

/** A request to Erlang's port mapper, which attackers use to find RabbitMQ, CouchDB and ejabberd. */
export interface EpmdRequest {
  /** `names` (all nodes), `port` (one node). */
  readonly request: string;
  readonly node?: string;
}

const names = 0x6e;
const port = 0x7a;
const maxNameBytes = 255;

/**
 * Proof: an exact length, and NAMES_REQ alone or PORT_PLEASE2_REQ with the name of a node.
 * https://www.erlang.org/doc/apps/erts/erl_dist_protocol.html
 */
export function parse(bytes: Uint8Array): Outcome<EpmdRequest> {
  const reader = new Reader(bytes);
  const length = reader.u16();
  if (!reader.overrun && (length < 1 || length > maxNameBytes + 1)) return mismatch;
  const request = reader.u8();
  if (reader.overrun) return incomplete;
  if (request === names) return length === 1 && reader.remaining === 0 ? match({ request: "names" }) : mismatch;
  if (request !== port || length < 2) return mismatch;
  if (reader.remaining > length - 1) return mismatch;
  const isCut = reader.remaining < length - 1;
  const node = wireText(reader.take(reader.remaining), isCut);
  if (!isPlain(node) || node.includes(" ")) return mismatch;
  return isCut ? incomplete : match({ request: "port", node });
}

export const epmd = protocol({
  name: "epmd",
  strength: "medium",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ epmd: { ...value } }),
});
