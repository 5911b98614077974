import { type FileHandle, open } from "node:fs/promises";
import { endianness } from "node:os";
import { addressFromBigInt, parseAddress } from "../core/address.ts";
import { systemCode } from "../core/errors.ts";

/** The ends of a connection, as `net.Socket` names them. */
export interface ConnectionEndpoints {
  readonly localAddress?: string | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

const tables = ["/proc/net/tcp", "/proc/net/tcp6"] as const;
/** Of each table: 400,000 connections. */
const maxTableBytes = 64 * 2 ** 20;
const pieceBytes = 256 * 1024;

/**
 * Bytes that the system holds of what was sent on the connections to a local port, because the other side has not acknowledged them, by {@link queueName};
 * connections without any are left out. Linux only (proc(5), `/proc/net/tcp`, `tx_queue`).
 * @returns `undefined` where the system does not tell, or has too many connections to read through
 */
export async function sendQueues(port: number): Promise<ReadonlyMap<string, number> | undefined> {
  const queues = new Map<string, number>();
  for (const table of tables) {
    try {
      await using file = await open(table);
      if (!(await readTable(file, { port, queues }))) return undefined;
    } catch (error) {
      // A system without IPv6 has no table of it.
      if (table === tables[0] || systemCode(error) !== "ENOENT") return undefined;
    }
  }
  return queues;
}

/** The name of a connection in {@link sendQueues}; the zones of its addresses are not part of it. */
export function queueName({ localAddress, remoteAddress, remotePort }: ConnectionEndpoints): string {
  return `${withoutZone(localAddress)} ${withoutZone(remoteAddress)} ${remotePort}`;
}

/**
 * Adds the queues of the lines that are in a part of a table.
 * @returns the start of a line whose end is not in it
 */
export function addQueues(text: string, { port, queues }: Found): string {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  const end = text.lastIndexOf("\n") + 1;
  let at = text.indexOf(wanted);
  while (at >= 0 && at < end) {
    const lineEnd = text.indexOf("\n", at);
    const [, local = "", localPort, remote = "", remotePort = "", waiting = ""] =
      columns.exec(text.slice(text.lastIndexOf("\n", at) + 1, lineEnd)) ?? [];
    const bytes = Number.parseInt(waiting, 16);
    if (`:${localPort} ` === wanted && bytes > 0) {
      const endpoints = { localAddress: addressIn(local), remoteAddress: addressIn(remote) };
      queues.set(queueName({ ...endpoints, remotePort: Number.parseInt(remotePort, 16) }), bytes);
    }
    at = text.indexOf(wanted, lineEnd);
  }
  return text.slice(end);
}

interface Found {
  readonly port: number;
  readonly queues: Map<string, number>;
}

/** Number of the line, local and remote address with port, state, bytes to send and to read. */
const columns = /^ *\d{1,9}: ([0-9A-F]{8,32}):([0-9A-F]{4}) ([0-9A-F]{8,32}):([0-9A-F]{4}) [0-9A-F]{2} ([0-9A-F]{8}):/;

/** @returns whether it was read to its end */
async function readTable(file: FileHandle, found: Found): Promise<boolean> {
  const piece = Buffer.alloc(pieceBytes);
  let rest = "";
  for (let bytes = 0; bytes < maxTableBytes; ) {
    const { bytesRead } = await file.read(piece, 0, pieceBytes);
    if (bytesRead === 0) return true;
    bytes += bytesRead;
    rest = addQueues(rest + piece.toString("latin1", 0, bytesRead), found);
  }
  return false;
}

/** The system writes each 32 bits of an address as a number in its own byte order. */
function addressIn(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const isLittle = endianness() === "LE";
  const ordered = words.map((word) => (isLittle ? (word.match(/../g) ?? []).toReversed().join("") : word));
  return addressFromBigInt(BigInt(`0x${ordered.join("")}`), words.length === 1 ? 4 : 6);
}

function withoutZone(address: string | undefined): string | undefined {
  return parseAddress(address?.split("%", 1)[0] ?? "");
}
