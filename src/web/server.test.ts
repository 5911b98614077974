import assert from "node:assert/strict";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { freePort } from "../../test/harness/free-port.ts";
import { parseAddress } from "../core/address.ts";
import { silentLog } from "../core/log.ts";
import { systemClock } from "../platform/system-clock.ts";
import { hashPassword } from "./access/password-hash.ts";
import { sessionRoutes } from "./api/session.ts";
import type { WebApp } from "./app.ts";
import { type WebSettings, webSchema, webSettings } from "./schema.ts";
import { WebServer } from "./server.ts";

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Unlike `fetch`, it sends any `Host` and `Origin`. */
function ask(port: number, options: http.RequestOptions & { readonly body?: unknown }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { body, headers, ...rest } = options;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const request = http.request(
      {
        host: "127.0.0.1",
        port,
        ...rest,
        headers: { ...(text === undefined ? {} : { "content-type": "application/json" }), ...headers },
      },
      (response) => {
        let received = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received }),
        );
      },
    );
    request.on("error", reject);
    request.end(text);
  });
}

async function serverWith(section: object, routes?: (app: WebApp) => void) {
  const port = await freePort();
  const settings: WebSettings = webSettings(webSchema.parse({ listen: `127.0.0.1:${port}`, ...section }));
  const { listen } = settings;
  assert.ok(listen !== undefined);
  const server = new WebServer({
    settings: { ...settings, listen },
    clock: systemClock,
    log: silentLog,
    routes: (app, { accounts, isSecure }) => {
      sessionRoutes(app, { accounts, isSecure, basePath: settings.basePath });
      app.get("/reading", { config: { right: "read" } }, async ({ account }) => ({ name: account?.name }));
      app.post("/changing", { config: { right: "operate" } }, async () => ({ changed: true }));
      routes?.(app);
    },
  });
  await server.start();
  return { port, server };
}

const token = "0123456789abcdefghij";
const operatorToken = "abcdefghij0123456789";

describe("a web server with users and tokens", () => {
  let port = 0;
  let server: WebServer | undefined;
  before(async () => {
    const password = await hashPassword("secret");
    ({ port, server } = await serverWith({
      hosts: ["harbinger.example"],
      users: { ann: { password, role: "operate" }, bob: { password } },
      tokens: { script: { token }, other: { token: operatorToken, role: "operate" } },
    }));
  });
  after(async () => await server?.[Symbol.asyncDispose]());

  const login = async (name: string, password = "secret", headers: http.OutgoingHttpHeaders = {}) =>
    await ask(port, { method: "POST", path: "/api/v1/session", body: { name, password }, headers });
  const cookieOf = ({ headers }: Answer) => (headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "";

  test("serves nothing but the login to somebody unknown", async () => {
    for (const path of ["/reading", "/no-such-page", "/changing"]) {
      const method = path === "/changing" ? "POST" : "GET";
      const { status, headers } = await ask(port, { method, path });
      assert.equal(status, 401, path);
      assert.match(headers["www-authenticate"] ?? "", /^Bearer/);
    }
    const session = await ask(port, { path: "/api/v1/session" });
    assert.deepEqual(JSON.parse(session.body), { loginNeeded: true });
  });

  test("gives each account its right and no more", async () => {
    const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
    const reader = cookieOf(await login("bob"));
    const operator = cookieOf(await login("ann"));
    for (const [headers, reading, changing] of [
      [bearer(token), 200, 403],
      [bearer(operatorToken), 200, 200],
      [{ cookie: reader }, 200, 403],
      [{ cookie: operator }, 200, 200],
      [bearer(`${token}x`), 401, 401],
      // A wrong token counts, not the session beside it.
      [{ ...bearer("wrong-wrong-wrong-wrong"), cookie: operator }, 401, 401],
      [{ cookie: "harbinger-session=forged" }, 401, 401],
    ] as const) {
      assert.equal((await ask(port, { path: "/reading", headers })).status, reading, JSON.stringify(headers));
      assert.equal((await ask(port, { method: "POST", path: "/changing", headers })).status, changing);
    }
  });

  test("sets a cookie that scripts cannot read and other sites do not send, anew at each login", async () => {
    const first = await login("ann");
    const [cookie = ""] = first.headers["set-cookie"] ?? [];
    assert.match(cookie, /^harbinger-session=[\w-]{43}; /);
    assert.match(cookie, /HttpOnly/);
    assert.match(cookie, /SameSite=Strict/);
    const fixed = cookieOf(first);
    const second = await login("ann", "secret", { cookie: fixed });
    assert.notEqual(cookieOf(second), fixed);
    assert.equal(
      (await ask(port, { path: "/reading", headers: { cookie: fixed } })).status,
      401,
      "the earlier one has ended",
    );
    const current = cookieOf(second);
    assert.equal(
      (await ask(port, { method: "DELETE", path: "/api/v1/session", headers: { cookie: current } })).status,
      204,
    );
    assert.equal((await ask(port, { path: "/reading", headers: { cookie: current } })).status, 401);
  });

  test("rejects names that are not its own, as DNS rebinding sends them", async () => {
    const headers = { authorization: `Bearer ${token}` };
    for (const [host, status] of [
      [`127.0.0.1:${port}`, 200],
      ["localhost", 200],
      ["harbinger.example:8417", 200],
      ["HARBINGER.example.", 200],
      ["evil.example", 421],
      ["127.0.0.1.evil.example", 421],
      ["127.0.0.2", 421],
      ["localhost.evil.example", 421],
      ["harbinger.example@evil.example", 421],
    ] as const)
      assert.equal((await ask(port, { path: "/reading", headers: { ...headers, host } })).status, status, host);
  });

  test("accepts changes from its own pages only", async () => {
    const cookie = cookieOf(await login("ann"));
    const host = `127.0.0.1:${port}`;
    for (const [headers, status] of [
      [{ origin: `http://${host}` }, 200],
      [{ origin: `http://${host}`, "sec-fetch-site": "same-origin" }, 200],
      [{ origin: "http://evil.example" }, 403],
      [{ origin: "null" }, 403],
      [{ origin: `http://127.0.0.1:${port + 1}` }, 403],
      [{ "sec-fetch-site": "cross-site" }, 403],
      [{ "sec-fetch-site": "same-site" }, 403],
      [{ authorization: `Bearer ${operatorToken}`, origin: "http://evil.example" }, 200],
      // Only a valid token says that no browser sent it by itself.
      [{ authorization: "Bearer wrong-wrong-wrong-wrong", origin: "http://evil.example" }, 403],
    ] as const)
      assert.equal(
        (await ask(port, { method: "POST", path: "/changing", headers: { cookie, ...headers } })).status,
        status,
      );
    const foreignLogin = await login("ann", "secret", { origin: "http://evil.example" });
    assert.equal(foreignLogin.status, 403, "nobody can be logged in from elsewhere");
  });

  test("allows no page of another site, and no script but its own", async () => {
    const { headers } = await ask(port, { path: "/api/v1/session" });
    const policy = String(headers["content-security-policy"]);
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["access-control-allow-origin"], undefined);
  });
});

test("an answer is not kept by caches, whether its route thinks of that or not", async () => {
  const { port, server } = await serverWith({});
  await using _ = server;
  for (const path of ["/reading", "/api/v1/session", "/no-such-page"])
    assert.equal((await ask(port, { path })).headers["cache-control"], "no-store", path);
});

test("passwords can be tried five times from an address, then once a minute", async () => {
  const { port, server } = await serverWith({ users: { ann: { password: await hashPassword("secret") } } });
  await using _ = server;
  const statuses = [];
  for (let attempt = 0; attempt < 7; attempt += 1) {
    const body = { name: "ann", password: `guess ${attempt}` };
    statuses.push((await ask(port, { method: "POST", path: "/api/v1/session", body })).status);
  }
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
  const correct = await ask(port, {
    method: "POST",
    path: "/api/v1/session",
    body: { name: "ann", password: "secret" },
  });
  assert.equal(correct.status, 429);
  assert.match(correct.headers["retry-after"] ?? "", /^\d+$/);
});

test("a server on loopback without users and tokens needs no login", async () => {
  const { port, server } = await serverWith({});
  await using _ = server;
  assert.equal((await ask(port, { path: "/reading" })).status, 200);
  assert.equal((await ask(port, { method: "POST", path: "/changing" })).status, 200);
  assert.equal(
    (await ask(port, { method: "POST", path: "/changing", headers: { origin: "http://evil.example" } })).status,
    403,
  );
});

test("a server without users serves no data to pages of other sites, but can be linked to", async () => {
  const { port, server } = await serverWith({}, (app) => {
    app.get("/page", { config: { right: "public" } }, async () => "the page");
  });
  await using _ = server;
  const host = `127.0.0.1:${port}`;
  for (const [headers, status] of [
    [{ "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, 403],
    [{ origin: "http://evil.example" }, 403],
    [{ origin: "null" }, 403],
    // Nothing is checked here, so a token proves nothing.
    [{ origin: "http://evil.example", authorization: `Bearer ${token}` }, 403],
    [{ "sec-fetch-site": "same-origin", origin: `http://${host}` }, 200],
    [{ "sec-fetch-site": "none" }, 200],
    [{}, 200],
  ] as const) {
    for (const method of ["GET", "HEAD"])
      assert.equal((await ask(port, { method, path: "/reading", headers })).status, status, JSON.stringify(headers));
    const changing = await ask(port, { method: "POST", path: "/changing", headers });
    assert.equal(changing.status, status, JSON.stringify(headers));
    assert.equal((await ask(port, { path: "/page", headers })).status, 200);
  }
});

test("a route that declares no right prevents the start", async () => {
  await assert.rejects(
    serverWith({}, (app) => app.get("/forgotten", async () => "all data")),
    /GET \/forgotten declares no right/,
  );
});

test("a port in use is an error that names the setting", async () => {
  const { port, server } = await serverWith({});
  await using _ = server;
  await assert.rejects(serverWith({ listen: `127.0.0.1:${port}` }), { code: "address-in-use", remedy: /web\.listen/ });
});

describe("the section web", () => {
  test("demands users or tokens where other machines can reach it", () => {
    assert.ok(parseAddress("192.168.1.5") !== undefined);
    for (const listen of ["192.168.1.5:8417", "0.0.0.0:80", "[::]:8417"]) {
      assert.match(webSchema.safeParse({ listen }).error?.issues[0]?.message ?? "", /add web\.users or web\.tokens/);
      assert.ok(webSchema.safeParse({ listen, tokens: { a: { token } } }).success);
    }
    for (const listen of ["127.0.0.1:8417", "127.9.9.9:1", "[::1]:8417", "off", false])
      assert.ok(webSchema.safeParse({ listen }).success, String(listen));
  });

  test("rejects what is no address, name, path, hash or token", () => {
    for (const section of [
      { listen: "localhost:8417" },
      { listen: "127.0.0.1" },
      { listen: "127.0.0.1:0" },
      { listen: "127.0.0.1:65536" },
      { hosts: ["harbinger.example:80"] },
      { hosts: ["*"] },
      { hosts: ["a..b"] },
      { base_path: "harbinger" },
      { base_path: "/harbinger/" },
      { base_path: "/../x" },
      { trusted_proxies: ["all"] },
      { users: { ann: { password: "secret" } } },
      { users: { "a b": { password: "x" } } },
      { tokens: { a: { token: "short" } } },
      { tokens: { a: { token: "with a blank in it, so it is none" } } },
    ])
      assert.equal(webSchema.safeParse(section).success, false, JSON.stringify(section));
  });
});
