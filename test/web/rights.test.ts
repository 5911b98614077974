/** Every route of the program, and what each role gets from it. A route that is missing here fails the test. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { webRoutes } from "../../scripts/manual/web-routes.ts";
import type { Right } from "../../src/web/access/right.ts";
import { pageNames } from "../../src/web/pages/plain-page.ts";
import { AttackedWeb, operateToken, password, readToken } from "./attacked-web.ts";

interface Expected {
  readonly method: string;
  /** As it is declared. */
  readonly route: string;
  readonly right: Right;
  /** What is asked; default: the route itself. */
  readonly path?: string;
  readonly body?: object;
  /** The status of the answer to nobody, to the token that may read, and to the one that may operate, on a server that other machines reach; and to everybody on loopback without users. */
  readonly answers: readonly [nobody: number, reader: number, operator: number, loopback: number];
}

/** Nothing has this name, number or address, so nothing is changed. */
const none = "none";
const login = { name: "ann", password };

/** The status of the files of the pages is {@link pages}, because a checkout may still build them. */
const pages = 0;

const table: readonly Expected[] = [
  // Everybody: the pages without data, health without details, and the login.
  ...both("/", "public", [pages, pages, pages, pages]),
  ...both("/assets/:name", "public", [pages, pages, pages, pages], `/assets/${none}`),
  // Programs find nothing under the names of the pages; browsers are led to them.
  ...pageNames.flatMap((name) => [
    ...both(`/${name}`, "public", [404, 404, 404, 404]),
    ...both(`/${name}/*`, "public", [404, 404, 404, 404], `/${name}/${none}`),
  ]),
  ...both("/healthz", "public", [200, 200, 200, 200]),
  ...both("/readyz", "public", [200, 200, 200, 200]),
  ...both("/api/v1/session", "public", [200, 200, 200, 200]),
  // Without users nobody can log in.
  one("POST", "/api/v1/session", "public", [200, 200, 200, 401], { body: login }),
  one("DELETE", "/api/v1/session", "public", [204, 204, 204, 204]),

  // Whoever may read.
  ...both("/api/v1/certificates", "read", [401, 200, 200, 200]),
  ...both("/api/v1/connections", "read", [401, 200, 200, 200]),
  ...both("/api/v1/connections/:id", "read", [401, 404, 404, 404], `/api/v1/connections/${none}`),
  ...both("/api/v1/connections/summary", "read", [401, 200, 200, 200]),
  ...both("/api/v1/deliveries", "read", [401, 200, 200, 200]),
  ...both("/api/v1/devices", "read", [401, 200, 200, 200]),
  ...both("/api/v1/devices/groups", "read", [401, 200, 200, 200], "/api/v1/devices/groups?by=subnet"),
  ...both("/api/v1/discoveries", "read", [401, 200, 200, 200]),
  ...both("/api/v1/discoveries/unacknowledged", "read", [401, 200, 200, 200]),
  one("GET", "/api/v1/events", "read", [401, 200, 200, 200]),
  ...both("/api/v1/health", "read", [401, 200, 200, 200]),
  ...both("/api/v1/hosts", "read", [401, 200, 200, 200]),
  ...both("/api/v1/hosts/groups", "read", [401, 200, 200, 200], "/api/v1/hosts/groups?by=subnet"),
  ...both("/api/v1/hosts/:address", "read", [401, 404, 404, 404], "/api/v1/hosts/192.0.2.1"),
  ...both("/api/v1/listeners", "read", [401, 200, 200, 200]),
  ...both("/api/v1/mutes", "read", [401, 200, 200, 200]),
  ...both("/api/v1/overview", "read", [401, 200, 200, 200]),
  ...both("/api/v1/program", "read", [401, 200, 200, 200]),
  ...both("/api/v1/reports", "read", [401, 200, 200, 200]),
  ...both("/api/v1/reports/:id", "read", [401, 404, 404, 404], "/api/v1/reports/999"),
  ...both("/api/v1/scans", "read", [401, 200, 200, 200]),
  ...both("/api/v1/services", "read", [401, 200, 200, 200]),
  ...both("/api/v1/services/groups", "read", [401, 200, 200, 200], "/api/v1/services/groups?by=subnet"),
  ...both("/api/v1/settings", "read", [401, 200, 200, 200]),
  ...both("/api/v1/sources", "read", [401, 200, 200, 200]),
  ...both("/api/v1/sources/:address", "read", [401, 404, 404, 404], "/api/v1/sources/192.0.2.1"),
  ...both("/api/v1/watches", "read", [401, 200, 200, 200]),
  ...both("/metrics", "read", [401, 200, 200, 200]),
  ...both("/openapi.json", "read", [401, 200, 200, 200]),

  // Whoever may change something.
  one("POST", "/api/v1/deliveries/:id/retry", "operate", [401, 403, 404, 404], {
    path: "/api/v1/deliveries/999/retry",
  }),
  one("POST", "/api/v1/deliveries/retry", "operate", [401, 403, 200, 200]),
  one("POST", "/api/v1/discoveries/:id/acknowledgement", "operate", [401, 403, 404, 404], {
    path: "/api/v1/discoveries/999/acknowledgement",
    body: {},
  }),
  one("DELETE", "/api/v1/discoveries/:id/acknowledgement", "operate", [401, 403, 404, 404], {
    path: "/api/v1/discoveries/999/acknowledgement",
  }),
  // Without the latest discovery, without those that are meant, and without what it is for, nothing is changed.
  one("POST", "/api/v1/discoveries/acknowledgements", "operate", [401, 403, 400, 400], { body: {} }),
  one("POST", "/api/v1/discoveries/acknowledgements/withdrawal", "operate", [401, 403, 400, 400], { body: {} }),
  one("POST", "/api/v1/hosts/:address/acknowledgement", "operate", [401, 403, 400, 400], {
    path: "/api/v1/hosts/192.0.2.1/acknowledgement",
    body: {},
  }),
  one("POST", "/api/v1/mutes", "operate", [401, 403, 400, 400], { body: {} }),
  one("DELETE", "/api/v1/mutes/:id", "operate", [401, 403, 404, 404], { path: "/api/v1/mutes/999" }),
  one("PATCH", "/api/v1/devices/:mac", "operate", [401, 403, 404, 404], {
    path: "/api/v1/devices/02:00:00:00:00:01",
    body: { name: "x" },
  }),
  one("POST", "/api/v1/watches/:name/scan", "operate", [401, 403, 404, 404], { path: `/api/v1/watches/${none}/scan` }),
  one("DELETE", "/api/v1/watches/:name/scan", "operate", [401, 403, 404, 404], {
    path: `/api/v1/watches/${none}/scan`,
  }),
];

function one(
  method: string,
  route: string,
  right: Right,
  answers: Expected["answers"],
  more: Pick<Expected, "path" | "body"> = {},
): Expected {
  return { method, route, right, answers, ...more };
}

function both(route: string, right: Right, answers: Expected["answers"], path = route): readonly Expected[] {
  return ["GET", "HEAD"].map((method) => one(method, route, right, answers, { path }));
}

describe("the routes of the program", () => {
  const stack = new AsyncDisposableStack();
  let open!: AttackedWeb;
  let closed!: AttackedWeb;
  before(async () => {
    closed = stack.use(await AttackedWeb.start({}, { address: "0.0.0.0" }));
    open = stack.use(await AttackedWeb.start({ users: {}, tokens: {}, trusted_proxies: [] }));
  });
  after(async () => await stack.disposeAsync());

  test("are those of this table, with these rights", () => {
    const names = (routes: readonly { readonly method: string; readonly path: string; readonly right: unknown }[]) =>
      routes.map(({ method, path, right }) => `${method} ${path} ${String(right)}`).sort();
    assert.deepEqual(names(webRoutes()), names(table.map(({ route, ...rest }) => ({ ...rest, path: route }))));
  });

  for (const { method, route, path = route, body, answers } of table) {
    test(`${method} ${route}`, async () => {
      const ask = async (web: AttackedWeb, token?: string) => {
        const headers = {
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        };
        const text = body === undefined ? undefined : JSON.stringify(body);
        return (await web.ask(`${method} ${path}`, headers, { body: text, headersOnly: true, limitMs: 60_000 })).status;
      };
      const given = [await ask(closed), await ask(closed, readToken), await ask(closed, operateToken), await ask(open)];
      const isOfPages = answers.includes(pages);
      const shown = given.map((status) => (isOfPages && [200, 404, 503].includes(status) ? pages : status));
      assert.deepEqual(shown, answers);
      const wrong = await ask(closed, "another-0123456789abcdefghij");
      assert.equal(isOfPages ? pages : wrong, answers[0], "a wrong token is like none");
    });
  }
});
