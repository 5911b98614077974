import * as z from "zod";
import { protocolNames } from "../../core/identification.ts";
import { connectionJson } from "../../present/connections/connection-json.ts";
import { connectionSchema } from "../../present/connections/connection-schema.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { nameFilter, portFilter, rangeFilter, timeFilter } from "./filter-fields.ts";
import { listRoute } from "./list-route.ts";

export function connectionRoutes(app: WebApp, { store }: WebContext): void {
  listRoute(app, {
    path: "/connections",
    summary: "Connections to decoy ports, newest first.",
    filters: {
      since: timeFilter.optional(),
      until: timeFilter.optional(),
      peer: rangeFilter.optional(),
      port: portFilter.optional(),
      protocol: z.enum(protocolNames).optional().meta({ description: "Protocol." }),
      listener: nameFilter.optional().meta({ description: "Name of the listener." }),
    },
    rowSchema: connectionSchema,
    read: (page, filters) => store.connections.list({ ...page, ...filters }),
    json: connectionJson,
  });
}
