/** What no documented property of Node's sockets tells. Each has an answer for the day on which Node does not tell it either. */
import { Socket } from "node:net";
import { TLSSocket } from "node:tls";

/**
 * The TCP connection below the socket of requests; with TLS these are two objects. Not by its addresses: a connection that the client has reset
 * has none any more. `undefined`: Node does not tell.
 */
export function tcpSocketOf(socket: Socket): Socket | undefined {
  if (!(socket instanceof TLSSocket)) return socket;
  const below: unknown = Reflect.get(socket, "_parent");
  return below instanceof Socket ? below : undefined;
}

/** What Node itself reads for the timeout of a socket. */
interface Handle {
  /** Bytes that were handed to libuv. */
  readonly bytesWritten?: unknown;
  /** Bytes of them that it still holds. */
  readonly writeQueueSize?: unknown;
}

/**
 * Bytes that the system has taken of what was written to a connection; with TLS of its encrypted form. `writableLength` counts a piece as waiting
 * until its last byte is taken: an answer of megabytes, written at once, would seem not to move at all while the client reads it.
 */
export function bytesTakenBySystem(socket: Socket): number {
  const handle: Handle | null | undefined = Reflect.get(tcpSocketOf(socket) ?? socket, "_handle");
  const { bytesWritten, writeQueueSize } = handle ?? {};
  if (typeof bytesWritten === "number" && typeof writeQueueSize === "number") return bytesWritten - writeQueueSize;
  return socket.bytesWritten - socket.writableLength;
}

/** What Node's HTTP server keeps of a connection. */
interface Parser {
  onIncoming?: unknown;
}

/** What tells the parser that another protocol follows the headers: it reads no further. */
const anotherProtocol = 2;

/**
 * Stops reading the requests of a connection that is being destroyed: Node would read on to the end of what has come, and make an object of each request
 * that is in it. Where Node does not know this way of stopping, it does that.
 */
export function stopReadingRequests(socket: Socket): void {
  const parser: Parser | null | undefined = Reflect.get(socket, "parser");
  if (typeof parser?.onIncoming === "function") parser.onIncoming = () => anotherProtocol;
}
