import { type Address, parseAddress } from "../../core/address.ts";
import type { Connection } from "../../core/connection.ts";
import { type Identification, type ProtocolName, protocolNames } from "../../core/identification.ts";
import { isPort } from "../../core/ports.ts";
import { safeText } from "../../core/safe-text.ts";
import { identify } from "../identify.ts";
import { instantOf, isRecord, localTimeOf, textOf, wholeNumberOf } from "../record-fields.ts";

/** A connection to a decoy from a record. What the record does not contain has a neutral value. */
type ConnectionFacts = Omit<Connection, "id" | "listener"> & {
  /** Only in records that Harbinger wrote. */
  readonly id?: string | undefined;
};

/**
 * The meaning of one record. `nothing`: it is not about a connection. `bad`: it has fields of a connection, but required ones
 * are missing or invalid.
 */
export type ConnectionReading =
  | { readonly kind: "connection"; readonly connection: ConnectionFacts }
  | { readonly kind: "nothing" }
  | { readonly kind: "bad"; readonly reason: string };

/** Fields by {@link fieldKey}, so that `Peer IP`, `peer_ip` and `peerIp` are the same field. */
export type RecordFields = ReadonlyMap<string, unknown>;

const anyAddress = "0.0.0.0" as Address;
const maxPayloadBytes = 65_536;

/** Reads one JSON object. Never throws. */
export function readConnectionRecord(value: unknown): ConnectionReading {
  if (!isRecord(value)) return { kind: "nothing" };
  const fields = new Map<string, unknown>();
  for (const [name, each] of Object.entries(value).slice(0, 100)) {
    const key = fieldKey(name);
    if (isRecord(each) && (key === "peer" || key === "local")) {
      fields.set(`${key}ip`, each["address"]);
      fields.set(`${key}port`, each["port"]);
    } else if (isRecord(each) && key === "http") {
      fields.set("method", each["method"]).set("path", each["path"]).set("host", each["host"]);
      fields.set("useragent", each["userAgent"]);
    } else if (isRecord(each) && key === "tls") fields.set("sni", each["sni"]).set("alpn", each["alpn"]);
    else fields.set(key, each);
  }
  return connectionOf(fields);
}

export function fieldKey(name: string): string {
  return name
    .slice(0, 60)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}

/** Builds a connection from fields in any of the spellings. */
export function connectionOf(fields: RecordFields): ConnectionReading {
  const first = (...names: readonly string[]) => names.map((name) => fields.get(name)).find((each) => isThere(each));
  const peerText = textOf(first("peerip", "peer", "srcip", "clientip", "remoteip", "client", "remote"));
  const time = first("timestamp", "time", "timestamputc", "ts", "asctime");
  if (peerText === undefined) return { kind: "nothing" };
  const peer = endpointOf(peerText);
  if (peer === undefined) return { kind: "bad", reason: "the peer is not an address" };
  const at = instantOf(time) ?? localTimeOf(time);
  if (at === undefined) return { kind: "bad", reason: "no time that can be read" };
  const localText = textOf(first("local", "localip", "dst", "dstip"));
  const local = localText === undefined ? undefined : endpointOf(localText);
  const localPort = wholeNumberOf(first("localport", "dstport")) ?? local?.port ?? 0;
  const bytes = textOf(first("bytesinprobe", "bytesin", "bytes")) ?? String(first("bytes", "bytesin") ?? "");
  const counted = /^(\d{1,12})(?: in (\d{1,9}) ?ms)?/.exec(bytes);
  const payload = payloadOf(fields.get("payload"));
  const received = Number(counted?.[1] ?? payload.length);
  const id = textOf(fields.get("id"));
  return {
    kind: "connection",
    connection: {
      at,
      peer: { address: peer.address, port: portOr0(peer.port ?? wholeNumberOf(first("peerport", "port", "srcport"))) },
      local: { address: local?.address ?? anyAddress, port: portOr0(localPort) },
      // The earlier program closed each connection when it had read enough.
      end: "heard",
      durationMs: Number(counted?.[2] ?? wholeNumberOf(fields.get("durationms")) ?? 0),
      bytes: received,
      payload,
      phase: received > 0 ? "client-first" : "silent",
      identification: payload.length > 0 ? identify(payload) : identificationOf(first, received),
      id: id === undefined || !/^[\w-]{8,64}$/.test(id) ? undefined : id,
    },
  };
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && value !== "-";
}

function portOr0(port: number | undefined): number {
  return port !== undefined && isPort(port) ? port : 0;
}

/** `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`; an IPv6 address without brackets has no port. */
function endpointOf(text: string): { readonly address: Address; readonly port?: number } | undefined {
  const plain = parseAddress(text);
  if (plain !== undefined) return { address: plain };
  const match = /^\[?([0-9a-f.:%\w]{2,60}?)\]?:(\d{1,5})$/i.exec(text.slice(0, 100));
  const address = parseAddress(match?.[1] ?? "");
  return address === undefined ? undefined : { address, port: Number(match?.[2]) };
}

/** The payload, if the record has it in the form that Harbinger writes. */
function payloadOf(value: unknown): Uint8Array {
  const encoded = isRecord(value) && value["encoding"] === "base64" ? value["data"] : value;
  if (typeof encoded !== "string" || !/^[A-Za-z0-9+/]{4,}={0,2}$/.test(encoded) || encoded.length % 4 !== 0) {
    return new Uint8Array(0);
  }
  return new Uint8Array(Buffer.from(encoded.slice(0, Math.ceil(maxPayloadBytes / 3) * 4), "base64")).subarray(
    0,
    maxPayloadBytes,
  );
}

function identificationOf(first: (...names: readonly string[]) => unknown, bytes: number): Identification {
  const safe = (value: unknown) => {
    const text = textOf(value);
    return text === undefined ? undefined : safeText(text, { limit: 300 });
  };
  const protocol = protocolOf(safe(first("detected", "protocol", "proto")), bytes);
  const request = /^(\S{1,20}) (\S{1,300})(?: HTTP\/(\S{1,5}))?/.exec(
    safe(first("http", "requestline", "request")) ?? "",
  );
  const method = request?.[1] ?? safe(first("method"));
  const path = request?.[2] ?? safe(first("path"));
  const host = safe(first("host"));
  const userAgent = safe(first("useragent", "ua"));
  const version = request?.[3];
  if (protocol !== "http" || method === undefined || path === undefined) return { protocol, complete: true };
  return { protocol, complete: true, http: { method, path, host, userAgent, version } };
}

function protocolOf(text: string | undefined, bytes: number): ProtocolName {
  const name = (text ?? "").toLowerCase().replace(/-like$/, "");
  return protocolNames.find((each) => each === name) ?? (bytes === 0 ? "none" : "unknown");
}
