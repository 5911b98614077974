import { type Address, ipv4ToNumber, parseAddress } from "../../src/core/address.ts";

/** What a record may contain here. */
export type RecordValue = string | number | readonly RecordValue[] | { readonly [key: string]: RecordValue };

export interface MmdbOptions {
  readonly type?: string;
  readonly ipVersion?: 4 | 6;
}

/**
 * A small MaxMind database, made for a test: the record of each IPv4 network (`81.2.69.0/24`).
 * https://maxmind.github.io/MaxMind-DB/
 */
export function mmdbOf(networks: Readonly<Record<string, RecordValue>>, options: MmdbOptions = {}): Buffer {
  const { type = "Test-City", ipVersion = 4 } = options;
  const tree: (number | string | undefined)[][] = [[undefined, undefined]];
  const offsets = new Map<string, number>();
  const data: Buffer[] = [];
  let dataBytes = 0;
  for (const [network, record] of Object.entries(networks)) {
    const encoded = encode(record);
    offsets.set(network, dataBytes);
    data.push(encoded);
    dataBytes += encoded.length;
    insert(tree, bitsOf(network, ipVersion), network);
  }
  const nodeCount = tree.length;
  const search = Buffer.alloc(nodeCount * 6);
  for (const [index, node] of tree.entries()) {
    for (const [side, child] of node.entries()) {
      const value = typeof child === "string" ? nodeCount + 16 + (offsets.get(child) ?? 0) : (child ?? nodeCount);
      search.writeUIntBE(value, index * 6 + side * 3, 3);
    }
  }
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_767_600_000,
    database_type: type,
    description: { en: "made for a test" },
    ip_version: ipVersion,
    languages: ["en"],
    node_count: nodeCount,
    record_size: 24,
  });
  const marker = Buffer.from("\xab\xcd\xefMaxMind.com", "latin1");
  return Buffer.concat([search, Buffer.alloc(16), ...data, marker, metadata]);
}

function bitsOf(network: string, ipVersion: 4 | 6): string {
  const [base = "", length = "32"] = network.split("/");
  const address: Address | undefined = parseAddress(base);
  if (address === undefined) throw new Error(`not a network: ${network}`);
  const bits = ipv4ToNumber(address).toString(2).padStart(32, "0").slice(0, Number(length));
  return ipVersion === 4 ? bits : "0".repeat(96) + bits;
}

function insert(tree: (number | string | undefined)[][], bits: string, leaf: string): void {
  let at = 0;
  for (const [depth, bit] of [...bits].entries()) {
    const node = tree[at];
    if (node === undefined) throw new Error("no such node");
    const side = Number(bit);
    if (depth === bits.length - 1) {
      node[side] = leaf;
      return;
    }
    const child = node[side];
    if (typeof child === "number") {
      at = child;
    } else {
      at = tree.push([undefined, undefined]) - 1;
      node[side] = at;
    }
  }
}

function encode(value: RecordValue): Buffer {
  if (typeof value === "string") return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === "number") return encodeNumber(value);
  if (isList(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)]);
  const entries = Object.entries(value);
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, item]) => [encode(key), encode(item)])]);
}

function isList(value: RecordValue): value is readonly RecordValue[] {
  return Array.isArray(value);
}

function encodeNumber(value: number): Buffer {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return Buffer.concat([control(3, 8), bytes]);
}

function control(type: number, size: number): Buffer {
  const length = size < 29 ? size : size < 285 ? 29 : 30;
  const more = size < 29 ? [] : size < 285 ? [size - 29] : [(size - 285) >> 8, (size - 285) & 255];
  return type <= 7 ? Buffer.from([(type << 5) | length, ...more]) : Buffer.from([length, type - 7, ...more]);
}
