import * as z from "zod";
import type { StoredConnection } from "../../core/connection-store.ts";
import { protocolNames } from "../../core/identification.ts";
import { connectionJson } from "../../present/connections/connection-json.ts";
import { connectionSchema } from "../../present/connections/connection-schema.ts";
import { describeIdentification } from "../../present/connections/identification-words.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { problem } from "../problem.ts";
import { flagFilter, nameFilter, portFilter, rangeFilter, timeFilter, untilFilter } from "./filter-fields.ts";
import { listRoute } from "./list-route.ts";
import { originParameters, originTerms } from "./origin-terms.ts";
import { flag, hasText, isInNetwork, isPort, isSince, isText, isUntil, type ListTerms } from "./search-terms.ts";

const terms: ListTerms<StoredConnection> = {
  since: { example: "since:2d", isTime: true, filter: "since", test: isSince(({ at }) => at) },
  until: { example: "until:2026-01-31", isTime: true, filter: "until", test: isUntil(({ at }) => at) },
  peer: {
    example: "peer:203.0.113.0/24",
    filter: "peer",
    isPlace: true,
    test: isInNetwork(({ peer }) => [peer.address]),
  },
  port: { example: "port:22", filter: "port", test: isPort(({ local }) => local.port) },
  protocol: { example: "protocol:ssh", filter: "protocol", test: isText((row) => [row.identification.protocol]) },
  listener: { example: "listener:decoy", filter: "listener", test: isText(({ listener }) => [listener]) },
  ...originTerms<StoredConnection>(({ origin }) => origin),
  device: { example: "device:laptop", hasWord: true, test: hasText(({ holder }) => [holder?.name]) },
  ja4: {
    example: "ja4:t13d1516h2_8daaf6152771_b0da82dd1658",
    hasWord: true,
    test: isText(({ identification: { tls } }) => [tls?.ja4]),
  },
  hassh: {
    example: "hassh:ec7378c1a92f5a8dde7e8b7a1ddf33d1",
    hasWord: true,
    test: isText(({ identification: { ssh } }) => [ssh?.hassh]),
  },
  agent: { example: "agent:zgrab", hasWord: true, test: hasText(({ identification: { http } }) => [http?.userAgent]) },
  muted: flag("muted", ({ mutedUntil }) => mutedUntil !== undefined, "muted"),
  known: flag("known", ({ isKnown }) => isKnown === true),
  end: { example: "end:reset", filter: "end", test: isText(({ end }) => [end]) },
};

const endFilter = z.string().toLowerCase().pipe(connectionSchema.shape.end).meta({ description: "How it ended." });
// A test compares answers with this schema; the types of identifications are narrower.
const connectionAnswer: z.ZodType = connectionSchema;

export function connectionRoutes(app: WebApp, { store, clock, timeZone }: WebContext): void {
  listRoute(app, {
    path: "/connections",
    summary: "Connections to decoy ports, newest first.",
    filters: {
      since: timeFilter({ clock, timeZone }).optional(),
      until: untilFilter({ clock, timeZone }).optional(),
      peer: rangeFilter.optional(),
      port: portFilter.optional(),
      protocol: z.enum(protocolNames).optional().meta({ description: "Protocol." }),
      muted: flagFilter.optional().meta({ description: "Whether a mute covered it, so that it sent no alert." }),
      listener: nameFilter.optional().meta({ description: "Name of the listener." }),
      end: endFilter.optional(),
      ...originParameters,
    },
    terms,
    rowSchema: connectionSchema,
    read: ({ isSearch, ...page }, filters) =>
      store.connections.list({ ...page, ...filters, withoutPayload: isSearch === true }),
    json: connectionJson,
    inWords: describeIdentification,
    complete: async (rows) => {
      const payloads = await store.connections.payloads(rows.map(({ id }) => id));
      // Those without one were pruned meanwhile.
      return rows.flatMap((row) => {
        const payload = payloads.get(row.id);
        return payload === undefined ? [] : [{ ...row, payload }];
      });
    },
    bytesOf: ({ payload }) => payload.length,
    clock,
    timeZone,
  });
  app.get(
    "/api/v1/connections/:id",
    {
      config: { right: "read" },
      schema: {
        summary: "One connection with its payload.",
        tags: ["connections"],
        params: z.object({ id: z.string().regex(/^[\x21-\x7e]{1,200}$/) }),
        response: { 200: connectionAnswer },
      },
    },
    async ({ params: { id } }, reply) => {
      const connection = await store.connections.get(id);
      if (connection === undefined) return await problem(reply, 404, "not-found", "There is no such connection.");
      return await reply.send(connectionJson(connection));
    },
  );
}
