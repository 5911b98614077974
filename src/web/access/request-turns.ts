import type { Clock } from "../../core/clock.ts";
import type { WebApp } from "../app.ts";
import { problem } from "../problem.ts";
import { clientNetwork } from "./client-network.ts";
import { clientAddress } from "./guard.ts";
import { RequestQueue, type Turn } from "./request-queue.ts";

/** Requests that read the database at once. The thread of an SQLite database reads one after the other. */
const maxServed = 4;
const maxWaiting = 256;
/** A page asks for about ten things when it is loaded, and many people can share an address. */
const maxWaitingPerClient = 64;
const maxWaitMs = 10_000;

/**
 * Makes the requests of a server take turns. Those with the right `public` are served at once: health checks, pages and the login,
 * which read little or have a limit of their own, and so are routes that set `noTurn`.
 */
export function takeTurns(app: WebApp, clock: Clock): void {
  const queue = new RequestQueue({ clock, maxServed, maxWaiting, maxWaitingPerClient, maxWaitMs });
  const turns = new WeakMap<object, Exclude<Turn, string>>();
  app.addHook("onRoute", (route) => {
    const { config, handler } = route;
    if (config?.right === "public" || config?.noTurn === true) return;
    route.handler = async function served(request, reply) {
      // The route for HEAD wraps that for GET.
      if (turns.has(request)) return await handler.call(this, request, reply);
      const { socket } = request.raw;
      const address = clientAddress(request);
      const client = address === undefined ? request.ip : clientNetwork(address);
      const turn = await queue.turn({ client, isGone: () => !socket.writable });
      if (turn === "gone") {
        // Nobody reads an answer.
        reply.hijack();
        return reply;
      }
      if (turn === "busy") {
        void reply.header("Retry-After", "5");
        return await problem(reply, 503, "busy", "Too many requests are waiting. Try again later.");
      }
      turns.set(request, turn);
      try {
        return await handler.call(this, request, reply);
      } finally {
        turn[Symbol.dispose]();
      }
    };
  });
  // The answer has been read from the database; how fast the client takes it delays nobody. Exports read on, with a limit of their own.
  app.addHook("onSend", async (request) => turns.get(request)?.[Symbol.dispose]());
}
