import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { silentLog } from "../../src/core/log.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import type { Right } from "../../src/web/access/right.ts";
import type { WebContext } from "../../src/web/context.ts";
import { addRoutes } from "../../src/web/routes.ts";
import { webSchema, webSettings } from "../../src/web/schema.ts";
import { WebServer } from "../../src/web/server.ts";
import { freePort } from "../harness/free-port.ts";
import { AttackedWeb, operateToken, readToken } from "./attacked-web.ts";

/** What everybody may ask for. All else needs `read`, and what changes something needs `operate`. */
const publicRoutes = new Set([
  // The files of the pages, which contain no data.
  "GET /",
  "GET /assets/:name",
  "GET /healthz",
  "GET /readyz",
  "GET /api/v1/session",
  "POST /api/v1/session",
  "DELETE /api/v1/session",
]);

interface Route {
  readonly method: string;
  readonly url: string;
  readonly right: Right | undefined;
}

/** The routes of the program, from the functions that add them. */
async function routesOfProgram(): Promise<readonly Route[]> {
  const found: Route[] = [];
  const listen = { ...webSettings(webSchema.parse({ listen: `127.0.0.1:${await freePort()}` })) };
  assert.ok(listen.listen !== undefined);
  const server = new WebServer({
    settings: { ...listen, listen: listen.listen },
    clock: systemClock,
    log: silentLog,
    routes: (app, access) => {
      app.addHook("onRoute", ({ method, url, config }) => {
        for (const one of [method].flat()) found.push({ method: one, url, right: config?.right });
      });
      addRoutes(app, anything({ clock: systemClock, log: silentLog }) as unknown as WebContext, {
        ...access,
        basePath: "",
      });
    },
  });
  await server.start();
  await server[Symbol.asyncDispose]();
  return found;
}

/** Takes the place of what the program gives to its routes: none is served here, they are only added. */
function anything(known: object): unknown {
  return new Proxy(() => anything({}), {
    get: (_target, name) => Reflect.get(known, name) ?? (typeof name === "symbol" ? undefined : anything({})),
  });
}

describe("the routes of the program", () => {
  let web: AttackedWeb | undefined;
  let routes: readonly Route[] = [];
  before(async () => {
    routes = await routesOfProgram();
    web = await AttackedWeb.start();
  });
  after(async () => await web?.[Symbol.asyncDispose]());

  test("declare the rights that are written down here", () => {
    assert.ok(routes.length >= 8, "the routes were found");
    const published = new Set<string>();
    for (const { method, url, right } of routes) {
      const name = `${method === "HEAD" ? "GET" : method} ${url}`;
      if (publicRoutes.has(name)) published.add(name);
      const usual = method === "GET" || method === "HEAD" ? "read" : "operate";
      assert.equal(right, publicRoutes.has(name) ? "public" : usual, name);
    }
    assert.deepEqual(published, publicRoutes, "each is still there");
  });

  test("answer nobody who lacks the right", async () => {
    assert.ok(web !== undefined);
    for (const { method, url, right } of routes) {
      if (right === "public") continue;
      const path = url.replaceAll(/:\w+|\*/g, "1");
      const ask = async (token?: string) =>
        (
          await web?.ask(
            `${method} ${path}`,
            token === undefined ? {} : { Authorization: `Bearer ${token}` },
            // An event stream does not end by itself.
            { limitMs: 1000 },
          )
        )?.status;
      const name = `${method} ${url}`;
      assert.equal(await ask(), 401, `${name} without a login`);
      assert.equal(await ask("another-0123456789abcdefghij"), 401, `${name} with a wrong token`);
      if (right === "operate") assert.equal(await ask(readToken), 403, `${name} with the right to read`);
      else assert.ok(!denied.has((await ask(readToken)) ?? 0), `${name} with the right to read`);
      // Without a body nothing is changed, but the request gets past the guard.
      assert.ok(!denied.has((await ask(operateToken)) ?? 0), `${name} with the right to operate`);
    }
  });
});

const denied = new Set([0, 401, 403, 421]);
