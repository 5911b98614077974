import * as z from "zod";
import { type EventId, eventKinds, parseEventId } from "../../core/event.ts";
import { clientNetwork } from "../access/client-network.ts";
import { clientAddress } from "../access/guard.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { EventHub } from "../events/event-hub.ts";
import { EventStream, passingKinds, type StreamKind } from "../events/event-stream.ts";
import { resetBytes, startBytes } from "../events/event-text.ts";
import { problem } from "../problem.ts";
import { withShownRecipient } from "./shown-recipient.ts";

const streamKinds: readonly StreamKind[] = [...eventKinds, ...passingKinds];

const kindsFilter = z
  .string()
  .max(100)
  .transform((text) => text.split(","))
  .pipe(z.array(z.enum(streamKinds)).min(1))
  .meta({ description: `Kinds of events, with commas between them: ${streamKinds.join(", ")}. Default: all.` });

const eventIdFilter = z
  .string()
  .max(100)
  .refine((text) => parseEventId(text) !== undefined, "expected the id of an event")
  .transform((text) => parseEventId(text))
  .meta({
    description:
      "The id of the last event that was read. `Last-Event-ID` takes precedence. If it is not from this database, because an older backup was restored, the stream begins with the event `reset`: read the lists again.",
  });

/** A browser sends what it was sent, whatever the database is now, and gives up for good after an error. So every text is taken. */
const lastEventId = z
  .string()
  .meta({ description: "As `after`; what is not the id of an event is like one of another database." });

/** How long a browser waits before it resumes a stream. */
const retryMs = 2000;

/** The stream of events. */
export function eventRoutes(
  app: WebApp,
  { store, clock, log, watchProgress, watchChanges, running }: WebContext,
): void {
  const hub = new EventHub({
    store,
    clock,
    log,
    watchProgress,
    watchChanges,
    watches: () => running.watches(),
    shown: (delivery) => withShownRecipient(delivery, running),
  });
  // Here, not in each action, so that none forgets it. The change is committed; whether its client still reads the answer does not matter.
  app.addHook("onSend", async ({ routeOptions: { config } }, { statusCode }, payload) => {
    if (config.changes !== undefined && statusCode < 300) hub.sendChange(config.changes);
    return payload;
  });
  app.addHook("preClose", async () => await hub[Symbol.asyncDispose]());
  app.get(
    "/api/v1/events",
    {
      // It lasts, and {@link EventHub} limits it.
      config: { right: "read", noTurn: true },
      exposeHeadRoute: false,
      schema: {
        summary:
          "Server-sent events: connections, discoveries, deliveries and scans as they are recorded, the progress of scans, watches whose runs begin or end, `change`, and `reset`.",
        description:
          "`progress`, `watch` and `change` have no id: a client that was away does not get those that it missed. `change` tells that somebody muted, acknowledged, named or approved something through the API; `list` in it is the list to read again: `mutes`, `discoveries` or `devices`.",
        tags: ["events"],
        querystring: z.strictObject({ after: eventIdFilter.optional(), kinds: kindsFilter.optional() }),
        headers: z.looseObject({ "last-event-id": lastEventId.optional() }),
      },
    },
    async (request, reply) => {
      const client = clientAddress(request);
      using admitted = client === undefined ? undefined : hub.admit(clientNetwork(client), request.account?.name ?? "");
      if (admitted === undefined) {
        void reply.header("Retry-After", "30");
        return await problem(reply, 429, "too-many-streams", "Too many event streams. Close some, or try again later.");
      }
      const { kinds = streamKinds, after } = request.query;
      const start = await hub.start(readAfter(request.headers["last-event-id"], after));
      const gone = new AbortController();
      const response = reply.hijack().raw;
      response.once("close", () => gone.abort());
      // The connection closes later, once its client has everything.
      request.raw.socket.once("end", () => gone.abort());
      if (response.destroyed || request.raw.socket.readableEnded) return reply;
      void request.whenAccessEnds(gone.signal).then(() => response.destroy());
      response.writeHead(200, {
        "Content-Type": "text/event-stream",
        "Cache-Control": "no-store",
        // The last answer of the connection: what a client asks behind it would wait for an hour.
        Connection: "close",
        // nginx passes each event on at once.
        "X-Accel-Buffering": "no",
      });
      response.write(startBytes(start.after, retryMs));
      if (start.isReset) response.write(resetBytes(start.after));
      await hub.serve(new EventStream({ response, kinds: new Set(kinds), after: start.after }), gone.signal);
      return reply;
    },
  );
}

function readAfter(header: string | undefined, parameter: EventId | undefined): EventId | "unknown" | undefined {
  if (header === undefined || header === "") return parameter;
  return parseEventId(header) ?? "unknown";
}
