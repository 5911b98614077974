import fastify from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { silentLog } from "../../src/core/log.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import type { Right } from "../../src/web/access/right.ts";
import type { SessionRouteOptions } from "../../src/web/api/session.ts";
import type { WebApp } from "../../src/web/app.ts";
import type { WebContext } from "../../src/web/context.ts";
import { addRoutes } from "../../src/web/routes.ts";

export interface WebRoute {
  readonly method: string;
  /** With parameters as `:name`. */
  readonly path: string;
  readonly right: Right | undefined;
  readonly summary: string | undefined;
}

/** The routes of the program, from the functions that add them, by path. None is served: they are only added. */
export function webRoutes(): readonly WebRoute[] {
  const found: WebRoute[] = [];
  const app: WebApp = fastify().withTypeProvider<ZodTypeProvider>();
  app.decorate("searchFlags", new Map());
  app.addHook("onRoute", ({ method, url: path, config, schema }) => {
    for (const each of [method].flat())
      found.push({ method: each, path, right: config?.right, summary: schema?.summary });
  });
  const known = { clock: systemClock, log: silentLog, basePath: "" };
  addRoutes(app, anything(known) as WebContext, anything(known) as SessionRouteOptions);
  return found.sort((one, other) => (one.path < other.path ? -1 : Number(one.path > other.path)));
}

/** Takes the place of what the program gives to its routes. */
function anything(known: object): unknown {
  return new Proxy(() => anything({}), {
    get: (_target, name) => Reflect.get(known, name) ?? (typeof name === "symbol" ? undefined : anything({})),
  });
}

const rightWords: Readonly<Record<Right, string>> = {
  public: "everybody",
  read: "role `read` or `operate`",
  operate: "role `operate`",
};

/** A row for each route; a path that answers GET answers HEAD as well, unless it is a stream. */
export function routeTable(row: (cells: readonly string[]) => string): string {
  const all = webRoutes();
  const rows = all
    .filter(({ method }) => method !== "HEAD")
    .map(({ method, path, right, summary = "" }) => {
      const hasHead = method === "GET" && all.some((other) => other.path === path && other.method === "HEAD");
      const shown = path.replaceAll(/:(\w+)/g, (_, name: string) => name.toUpperCase());
      const who = right === undefined ? "nobody" : rightWords[right];
      return row([`\`${shown}\``, hasHead ? "GET, HEAD" : method, who, summary]);
    });
  return [row(["path", "method", "for", "what"]), "|---|---|---|---|", ...rows].join("\n");
}
