import * as z from "zod";
import { formatCursor, type Page, type PageQuery, readCursor } from "../../core/page.ts";
import type { ListenerState, WatchState } from "../../core/running-state.ts";
import { listenerJson } from "../../present/listeners/listener-json.ts";
import { listenerSchema } from "../../present/listeners/listener-schema.ts";
import { watchJson } from "../../present/watches/watch-json.ts";
import { watchSchema } from "../../present/watches/watch-schema.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { listRoute } from "./list-route.ts";
import { flag, hasText, isText, type ListTerms, portIn } from "./search-terms.ts";

const watchTerms: ListTerms<WatchState> = {
  name: { example: "name:lan", test: hasText(({ watch }) => [watch.name]) },
  label: { example: 'label:"Web Services"', test: isText(({ watch }) => [watch.label]) },
  port: { example: "port:443", test: portIn(({ watch }) => watch.ports) },
  check: { example: "check:cert", test: isText(({ watch }) => watch.checks) },
  running: flag("running", ({ isRunning }) => isRunning),
};

const listenerTerms: ListTerms<ListenerState> = {
  name: { example: "name:decoy", test: hasText(({ name }) => [name]) },
  port: { example: "port:22", test: portIn(({ ports }) => ports) },
};

/** The active configuration. */
export function configuredRoutes(app: WebApp, { clock, running, timeZone }: WebContext): void {
  listRoute(app, {
    path: "/watches",
    summary: "Configured watches, in the order of the configuration.",
    filters: {},
    terms: watchTerms,
    rowSchema: watchSchema,
    read: async (page) => pageIn(running.watches(), page),
    json: watchJson,
    clock,
    timeZone,
  });
  listRoute(app, {
    path: "/listeners",
    summary: "Configured listeners, in the order of the configuration.",
    filters: {},
    terms: listenerTerms,
    rowSchema: listenerSchema,
    read: async (page) => pageIn(running.listeners(), page),
    json: listenerJson,
    clock,
    timeZone,
  });
  app.get(
    "/api/v1/settings",
    {
      config: { right: "read" },
      schema: {
        summary: "The active configuration with all defaults. Secrets are masked.",
        tags: ["settings"],
        response: { 200: z.unknown() },
      },
    },
    async (_request, reply) => await reply.send(running.settings()),
  );
}

/** A page of a list in memory; the cursor is the number of rows before it. */
function pageIn<Row>(all: readonly Row[], { limit, after, order = "ascending" }: PageQuery): Page<Row> {
  const sorted = order === "ascending" ? all : all.toReversed();
  const [from] = after === undefined ? [0] : readCursor(after, isPlace);
  const rows = sorted.slice(from, from + limit);
  return from + limit < sorted.length ? { rows, next: formatCursor([from + limit]) } : { rows };
}

function isPlace(key: readonly unknown[]): key is readonly [number] {
  return key.length === 1 && typeof key[0] === "number" && key[0] >= 0;
}
