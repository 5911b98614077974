import type { Connection } from "../core/connection.ts";
import { type AddressKey, addressKeyLength, writeAddressKey } from "./address-key.ts";

/**
 * A batch of connections in three pieces. Two of them change threads without a copy and the third is one text, so that
 * handing over a thousand connections costs little more than handing over one.
 */
export interface PackedConnections {
  readonly count: number;
  /** {@link width} numbers a connection: facts, then the lengths of its parts in `text` and in `binary`. */
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly text: string;
  readonly binary: Uint8Array<ArrayBuffer>;
}

/** The columns of a stored connection, in the order of {@link ConnectionCells}. */
export const connectionColumns = [
  "id",
  "at",
  "listener",
  "peer",
  "peer_port",
  "local",
  "local_port",
  "via",
  "via_port",
  "ending",
  "duration_ms",
  "bytes",
  "phase",
  "protocol",
  "identification",
  "payload",
] as const;

export type ConnectionCells = readonly [
  id: string,
  at: number,
  listener: string,
  peer: AddressKey,
  peerPort: number,
  local: AddressKey,
  localPort: number,
  via: AddressKey | null,
  viaPort: number | null,
  ending: string,
  durationMs: number,
  bytes: number,
  phase: string,
  protocol: string,
  identification: string,
  payload: Uint8Array,
];

/** Bytes of a payload that are kept, whatever a listener was told to capture. */
export const payloadLimit = 65_536;

const width = 16;

/** Makes connections compact. Text in an identification is safe already; its JSON is stored as it is. */
export function packConnections(connections: readonly Connection[]): PackedConnections {
  const binary = new Uint8Array(connections.reduce((sum, connection) => sum + binaryLength(connection), 0));
  const numbers = new Float64Array(connections.length * width);
  const texts: string[] = [];
  let position = 0;
  let place = 0;
  for (const connection of connections) {
    const { id, listener, peer, local, via, end, phase, payload } = connection;
    const protocol = connection.identification.protocol;
    const identification = JSON.stringify(connection.identification);
    texts.push(id, listener, end, phase, protocol, identification);
    numbers[place] = connection.at;
    numbers[place + 1] = connection.durationMs;
    numbers[place + 2] = connection.bytes;
    numbers[place + 3] = peer.port;
    numbers[place + 4] = local.port;
    numbers[place + 5] = via?.port ?? 0;
    numbers[place + 6] = id.length;
    numbers[place + 7] = listener.length;
    numbers[place + 8] = end.length;
    numbers[place + 9] = phase.length;
    numbers[place + 10] = protocol.length;
    numbers[place + 11] = identification.length;
    const afterPeer = writeAddressKey(peer.address, binary, position);
    const afterLocal = writeAddressKey(local.address, binary, afterPeer);
    const afterVia = via === undefined ? afterLocal : writeAddressKey(via.address, binary, afterLocal);
    const kept = payload.length > payloadLimit ? payload.subarray(0, payloadLimit) : payload;
    binary.set(kept, afterVia);
    numbers[place + 12] = afterPeer - position;
    numbers[place + 13] = afterLocal - afterPeer;
    numbers[place + 14] = afterVia - afterLocal;
    numbers[place + 15] = kept.length;
    position = afterVia + kept.length;
    place += width;
  }
  return { count: connections.length, numbers, text: texts.join(""), binary };
}

function binaryLength({ peer, local, via, payload }: Connection): number {
  return (
    addressKeyLength(peer.address) +
    addressKeyLength(local.address) +
    (via === undefined ? 0 : addressKeyLength(via.address)) +
    Math.min(payload.length, payloadLimit)
  );
}

/** The connections of a batch, one after the other, as the database takes them. */
export function* unpackConnections({ count, numbers, text, binary }: PackedConnections): Generator<ConnectionCells> {
  let textPosition = 0;
  let position = 0;
  for (let place = 0; place < count * width; place += width) {
    const number = (index: number) => numbers[place + index] ?? 0;
    const nextText = (index: number) => {
      const start = textPosition;
      textPosition += number(index);
      return text.slice(start, textPosition);
    };
    const nextBytes = (index: number) => {
      const start = position;
      position += number(index);
      return binary.subarray(start, position);
    };
    const id = nextText(6);
    const listener = nextText(7);
    const ending = nextText(8);
    const phase = nextText(9);
    const protocol = nextText(10);
    const identification = nextText(11);
    const peer = nextBytes(12);
    const local = nextBytes(13);
    const via = nextBytes(14);
    const isDirect = via.length === 0;
    yield [
      id,
      number(0),
      listener,
      peer,
      number(3),
      local,
      number(4),
      isDirect ? null : via,
      isDirect ? null : number(5),
      ending,
      number(1),
      number(2),
      phase,
      protocol,
      identification,
      nextBytes(15),
    ];
  }
}
