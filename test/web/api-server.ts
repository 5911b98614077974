import { silentLog } from "../../src/core/log.ts";
import type { Store } from "../../src/core/store.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import type { WebContext } from "../../src/web/context.ts";
import { addRoutes } from "../../src/web/routes.ts";
import { webSchema, webSettings } from "../../src/web/schema.ts";
import { WebServer } from "../../src/web/server.ts";
import { freePort } from "../harness/free-port.ts";
import { idleProgram } from "../harness/nothing-running.ts";

export interface ApiServer extends AsyncDisposable {
  readonly url: string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** The JSON of an answer with the status 200. */
  json(path: string): Promise<Record<string, unknown>>;
}

/** All routes over a store, on a free port. */
export async function apiServer(store: Store, more: Partial<WebContext> = {}, web: object = {}): Promise<ApiServer> {
  const settings = webSettings(webSchema.parse({ listen: `127.0.0.1:${await freePort()}`, ...web }));
  const { listen, basePath } = settings;
  if (listen === undefined) throw new Error("no address");
  const context: WebContext = {
    ...idleProgram,
    store,
    clock: systemClock,
    log: silentLog,
    version: "1.2.3",
    ...more,
  };
  const server = new WebServer({
    settings: { ...settings, listen },
    clock: systemClock,
    log: silentLog,
    routes: (app, access) => addRoutes(app, context, { ...access, basePath }),
  });
  await server.start();
  const url = `http://127.0.0.1:${listen.port}`;
  const get: ApiServer["get"] = async (path, headers = {}) => await fetch(`${url}${path}`, { headers });
  return {
    url,
    get,
    async json(path) {
      const answer = await get(path);
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as Record<string, unknown>;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
