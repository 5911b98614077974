import type { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import type { Clock } from "../../core/clock.ts";

/** An export that has not ended by then breaks off: its client can go on behind the last row. */
const maxExportMs = 60 * 60_000;

/**
 * A file that breaks off instead of one that looks complete: when the login has ended, or after too long. Meanwhile a search may find nothing for
 * minutes, so that nothing moves on the connection.
 */
export function endInTime(request: FastifyRequest, rows: Readable, clock: Clock): void {
  const { socket } = request.raw;
  const { timeout = 0 } = socket;
  const done = new AbortController();
  socket.setTimeout(0);
  rows.once("close", () => {
    done.abort();
    // The connection may serve further requests.
    socket.setTimeout(timeout);
  });
  const isOver = Promise.race([request.whenAccessEnds(done.signal), clock.sleep(maxExportMs, done.signal)]);
  void isOver.then(() => {
    if (!done.signal.aborted) socket.destroy();
  });
}
