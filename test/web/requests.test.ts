/** Requests that a client of good faith does not send: the parser, the router and the guard must not see them differently. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { AttackedWeb, answersIn, operateToken, password, proxyAddress, readToken, statusOf } from "./attacked-web.ts";

const bearer = { Authorization: `Bearer ${readToken}` };
const refusals = [400, 401, 403, 404, 405, 411, 413, 414, 415, 417, 421, 431, 501, 505];

describe("the running program", () => {
  let web!: AttackedWeb;
  before(async () => {
    web = await AttackedWeb.start();
  });
  after(async () => await web[Symbol.asyncDispose]());

  test("answers a request whose length is ambiguous once, with an error", async () => {
    const hidden = `GET /healthz HTTP/1.1\r\nHost: ${web.host}\r\n\r\n`;
    const start = `POST /api/v1/session HTTP/1.1\r\nHost: ${web.host}\r\nContent-Type: application/json\r\n`;
    for (const [name, bytes] of Object.entries({
      "both lengths": `${start}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
      "both, the other order": `${start}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${hidden}`,
      "two lengths": `${start}Content-Length: 0\r\nContent-Length: 60\r\n\r\n${hidden}`,
      "a list of lengths": `${start}Content-Length: 0, 60\r\n\r\n${hidden}`,
      "a signed length": `${start}Content-Length: +0\r\n\r\n${hidden}`,
      "a hexadecimal length": `${start}Content-Length: 0x0\r\n\r\n${hidden}`,
      "a negative length": `${start}Content-Length: -1\r\n\r\n${hidden}`,
      "an unknown coding": `${start}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`,
      "chunked, then identity": `${start}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`,
      "a blank before the colon": `${start}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`,
      "a folded line": `${start}X-Long: a\r\n Transfer-Encoding: chunked\r\n\r\n${hidden}`,
      "a bare line feed in a chunk": `${start}Transfer-Encoding: chunked\r\n\r\n5\nGET /\r\n0\r\n\r\n${hidden}`,
      "an endless chunk size": `${start}Transfer-Encoding: chunked\r\n\r\n${"f".repeat(40)}\r\n${hidden}`,
      "a zero byte in a header": `${start}X-Zero: a\0b\r\n\r\n${hidden}`,
    })) {
      const received = await web.send(bytes, { limitMs: 2000 });
      assert.ok(answersIn(received) <= 1, `${name}: ${received}`);
      assert.ok(answersIn(received) === 0 || refusals.includes(statusOf(received)), `${name}: ${received}`);
    }
  });

  test("checks the host of a whole address as the target, whatever Host says", async () => {
    const statusFor = async (target: string) =>
      statusOf(await web.send(`GET ${target} HTTP/1.1\r\nHost: ${web.host}\r\nConnection: close\r\n\r\n`));
    for (const authority of ["evil.example", `${web.host}@evil.example`, `ann@${web.host}`, ""])
      assert.equal(await statusFor(`http://${authority}/healthz`), authority === "" ? 400 : 421, authority);
    assert.notEqual(await statusFor(`http://${web.host}/healthz`), 421);
  });

  test("answers pipelined requests in order, and each under its own right", async () => {
    const one = (path: string, more = "") => `GET ${path} HTTP/1.1\r\nHost: ${web.host}\r\n${more}\r\n`;
    const authorization = `Authorization: Bearer ${readToken}\r\n`;
    const received = await web.send(
      [
        one("/healthz"),
        one("/api/v1/health", authorization),
        one("/api/v1/health"),
        one("/nothing", `${authorization}Connection: close\r\n`),
      ].join(""),
    );
    const statuses = [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
    assert.deepEqual(statuses, [200, 200, 401, 404]);
    const many = await web.send(one("/healthz").repeat(500) + one("/healthz", "Connection: close\r\n"), {
      limitMs: hangLimitMs,
    });
    assert.equal(answersIn(many), 501);
  });

  test("serves nothing protected under another spelling of its path", async () => {
    for (const path of [
      "//api/v1/connections",
      "/api//v1/connections",
      "/api/v1/../v1/connections",
      "/healthz/../api/v1/connections",
      "/healthz/..%2fapi/v1/connections",
      "/%61pi/v1/connections",
      "/api%2fv1%2fconnections",
      "/api/v1/%63onnections",
      "/api/v1/connections/",
      "/api/v1/connections%00",
      "/api/v1/connections%00.html",
      "/api/v1/connections;a=b",
      "/api/v1/connections%3f",
      "/api/v1/connections#part",
      "/API/v1/connections",
      "/api\\v1\\connections",
      "/./api/v1/connections",
      "/%2e/api/v1/connections",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/../../../etc/passwd",
      "/%c0%ae%c0%ae/etc/passwd",
      "/%",
      "/%zz",
      "/api/v1/connections?limit=1#/healthz",
      `http://${web.host}/api/v1/connections`,
      "http://evil.example/api/v1/connections",
      "api/v1/connections",
      "",
    ]) {
      const { status, text } = await web.ask(`GET ${path}`);
      assert.ok(refusals.includes(status), `${path}: ${text}`);
      assert.doesNotMatch(text, /"rows"|root:/, path);
      assert.doesNotMatch(text.slice(text.indexOf("\r\n\r\n")), /stack|node_modules|\.ts:/, path);
      const known = await web.ask(`GET ${path}`, bearer);
      assert.ok([200, ...refusals].includes(known.status), `${path} with a token: ${known.text}`);
    }
    for (const path of ["/", "/?limit=1", "/assets/..%2f..%2fpackage.json", "/assets/%2e%2e", "/assets/%00", "*"])
      assert.doesNotMatch((await web.ask(`GET ${path}`)).text, /"rows"|"devDependencies"|node_modules/, path);
  });

  test("answers a browser at an unknown address with a page without data, and everybody else as before", async () => {
    const accept = { Accept: "text/html,*/*;q=0.8" };
    for (const path of ["/nothing", "/api/v2/health", "/assets", "/network.html"]) {
      const shown = await web.ask(`GET ${path}`, accept);
      assert.equal(shown.status, 404, path);
      assert.match(shown.text, /\r\n\r\n<!doctype html>.*There is no page at this address\..*<a href="\/">/);
      assert.doesNotMatch(shown.text, /nothing|v2/);
      assert.equal((await web.ask(`GET ${path}`)).status, 401, path);
      assert.equal(
        (await web.ask(`POST ${path}`, { ...accept, "Content-Type": "application/json" }, { body: "{}" })).status,
        401,
      );
    }
    assert.equal((await web.ask("GET /api/v1/health", accept)).status, 401);
    assert.equal((await web.ask("GET /network/hosts/192.0.2.7", accept)).status, 302);
  });

  test("takes its own names only, however they are written", async () => {
    for (const [host, status] of [
      [web.host, 200],
      ["127.0.0.1", 200],
      ["LOCALHOST", 200],
      ["LocalHost:1", 200],
      ["Harbinger.Example", 200],
      ["[::ffff:127.0.0.1]", 200],
      ["user@127.0.0.1", 421],
      ["evil.example", 421],
      [`evil.example:${web.port}`, 421],
      ["127.0.0.1.evil.example", 421],
      ["127.1", 421],
      ["2130706433", 421],
      ["0x7f.1", 421],
      ["[::1]", 421],
      ["0.0.0.0", 421],
      ["127.0.0.1:99999999", 421],
      ["127.0.0.1 evil.example", 421],
      ["127.0.0.1,evil.example", 421],
      ["127.0.0.1/evil", 421],
      ["", 421],
    ] as const) {
      for (const path of ["/api/v1/health", "/healthz", "/nothing"]) {
        const asked = (await web.ask(`GET ${path}`, { ...bearer, Host: host })).status;
        assert.equal(asked, status === 200 && path === "/nothing" ? 404 : status, `${host} ${path}`);
      }
    }
    const twice = await web.send(
      `GET /api/v1/health HTTP/1.1\r\nHost: ${web.host}\r\nHost: evil.example\r\nAuthorization: Bearer ${readToken}\r\nConnection: close\r\n\r\n`,
    );
    assert.equal(statusOf(twice), 400, twice);
    const without = await web.send(`GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n`);
    assert.equal(statusOf(without), 400, without);
    assert.equal(statusOf(await web.send("GET /healthz HTTP/1.0\r\n\r\n")), 421);
    assert.equal(statusOf(await web.send("GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")), 200);
  });

  test("follows no method but that of the request line", async () => {
    for (const name of ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]) {
      const { cookie } = await web.login("bob", password);
      await web.ask("POST /api/v1/session?_method=DELETE", { [name]: "DELETE", Cookie: cookie });
      assert.equal((await web.ask("GET /api/v1/health", { Cookie: cookie, [name]: "DELETE" })).status, 200, name);
    }
    for (const method of ["TRACE", "TRACK", "PUT", "PATCH", "PROPFIND", "GETS", "get", "PRI"]) {
      const { status, text } = await web.ask(`${method} /api/v1/session`, { "X-Secret": "echo-me" });
      assert.ok(refusals.includes(status), `${method}: ${text}`);
      assert.doesNotMatch(text, /echo-me/);
    }
    const connected = await web.send(`CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: ${web.host}\r\n\r\n`, { limitMs: 2000 });
    assert.ok(connected === "" || refusals.includes(statusOf(connected)), connected);
    for (const protocol of ["websocket", "h2c"]) {
      const { status } = await web.ask("GET /api/v1/health", { Upgrade: protocol, Connection: "Upgrade, close" });
      assert.equal(status, 401, protocol);
    }
    assert.equal(statusOf(await web.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", { limitMs: 2000 })), 400);
  });

  test("believes forwarded headers of a trusted proxy only", async () => {
    const health = async (headers: Record<string, string>, from?: string) =>
      (await web.ask("GET /api/v1/health", { ...bearer, ...headers }, { from })).status;
    assert.equal(await health({ "X-Forwarded-Host": "evil.example" }), 200, "ignored");
    assert.equal(await health({ Host: "evil.example", "X-Forwarded-Host": "harbinger.example" }), 421);
    assert.equal(await health({ "X-Forwarded-Host": "evil.example" }, proxyAddress), 421);
    assert.equal(await health({ Host: "inside", "X-Forwarded-Host": "harbinger.example" }, proxyAddress), 200);
    assert.equal(await health({ Forwarded: "host=harbinger.example", Host: "evil.example" }, proxyAddress), 421);
  });

  test("counts failed logins by the client that a trusted proxy names, and by nothing that a client can choose", async () => {
    const wrong = async (forwarded: string, from: string) =>
      (await web.login("ann", "wrong", { from, headers: { "X-Forwarded-For": forwarded } })).status;
    const statuses = [];
    for (let attempt = 0; attempt < 6; attempt += 1) statuses.push(await wrong(`203.0.113.${attempt}`, "127.0.2.1"));
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429], "another X-Forwarded-For each time");
    for (let attempt = 0; attempt < 5; attempt += 1) {
      // The proxy appends the client that it sees; what stands before was sent by the client.
      assert.equal(await wrong(`198.51.100.${attempt}, 203.0.113.7`, proxyAddress), 401);
    }
    assert.equal(await wrong("198.51.100.99, 203.0.113.7", proxyAddress), 429);
    assert.equal(await wrong("203.0.113.8", proxyAddress), 401, "another client of the same proxy");
    assert.equal(await wrong("not an address", proxyAddress), 400);
  });

  test("rejects what is too long", async () => {
    const long = "a".repeat(20_000);
    assert.equal((await web.ask(`GET /${long}`)).status, 431);
    assert.equal((await web.ask("GET /healthz", { "X-Long": long })).status, 431);
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`X-${index}`, "a"]));
    assert.equal((await web.ask("GET /healthz", many)).status, 431);
    const json = { "Content-Type": "application/json" };
    const body = JSON.stringify({ name: "ann", password: "a".repeat(100_000) });
    assert.equal((await web.ask("POST /api/v1/session", json, { body })).status, 413);
    const chunk = `4000\r\n${"a".repeat(0x4000)}\r\n`;
    const endless = await web.ask("POST /api/v1/session", { ...json, "Transfer-Encoding": "chunked" }, { body: "" });
    assert.ok(endless.status >= 400);
    const start = `POST /api/v1/session HTTP/1.1\r\nHost: ${web.host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    assert.equal(statusOf(await web.send(start + chunk.repeat(6))), 413);
    assert.equal((await web.ask("GET /healthz")).status, 200);
  });

  test("takes no login in another form than JSON of its shape", async () => {
    const post = async (type: string, body: string) =>
      (await web.ask("POST /api/v1/session", { "Content-Type": type }, { body })).status;
    const right = JSON.stringify({ name: "bob", password });
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=a",
      "text/json",
    ])
      assert.equal(await post(type, right), 415, type);
    for (const body of [
      "{",
      "[]",
      "null",
      '"text"',
      '{"name":"bob"}',
      `{"name":"bob","password":["${password}"]}`,
      `{"name":{"toString":1},"password":"x"}`,
      `{"name":"bob","password":"${password}","role":"operate"}`,
      `{"__proto__":{"role":"operate"},"name":"bob","password":"${password}"}`,
      `{"constructor":{"prototype":{"role":"operate"}},"name":"bob","password":"${password}"}`,
      "[".repeat(30_000),
    ])
      assert.equal(await post("application/json", body), 400, body.slice(0, 80));
    assert.equal(await post("application/json", right), 200);
  });

  test("accepts changes from its own pages only, and no session that somebody else chose", async () => {
    const chosen = "__Host-harbinger-session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const { status, cookie } = await web.login("ann", password, { headers: { Cookie: chosen } });
    assert.equal(status, 200);
    assert.notEqual(cookie, chosen);
    assert.equal((await web.ask("GET /api/v1/health", { Cookie: chosen })).status, 401);
    assert.equal((await web.ask("GET /api/v1/health", { Cookie: `${chosen}; ${cookie}` })).status === 500, false);
    for (const origin of [
      "http://evil.example",
      "null",
      "file://",
      `http://${web.host}.evil.example`,
      "http://127.0.0.1",
      "%",
    ]) {
      const asked = await web.ask("DELETE /api/v1/session", { Cookie: cookie, Origin: origin });
      assert.equal(asked.status, 403, origin);
      assert.equal((await web.login("ann", password, { headers: { Origin: origin } })).status, 403, origin);
    }
    // Behind a proxy that adds HTTPS and writes names and ports in its own way.
    const changing = async (host: string, origin: string, from?: string, more: Record<string, string> = {}) =>
      (
        await web.ask(
          "POST /api/v1/watches/none/scan",
          { Cookie: cookie, Host: host, Origin: origin, ...more },
          { from },
        )
      ).status;
    const https = { "X-Forwarded-Proto": "https", "X-Forwarded-Host": "Harbinger.Example:443" };
    const cases: readonly (readonly [number, ...Parameters<typeof changing>])[] = [
      [404, "harbinger.example", "http://harbinger.example"],
      [404, "harbinger.example:80", "http://harbinger.example"],
      [404, "HARBINGER.example", "http://harbinger.example:80"],
      [404, "harbinger.example.", "http://harbinger.example."],
      [404, "[::ffff:127.0.0.1]:1", "http://[::ffff:7f00:1]:1"],
      [404, "inside", "https://harbinger.example", proxyAddress, https],
      [404, "inside", "https://harbinger.example:443", proxyAddress, https],
      [403, "inside", "http://harbinger.example", proxyAddress, https],
      [403, "inside", "http://harbinger.example:443", proxyAddress, https],
      [403, "inside", "https://harbinger.example:8443", proxyAddress, https],
      [403, "harbinger.example", "http://harbinger.example:443"],
      [403, "harbinger.example", "http://harbinger.example.evil.example"],
      [403, "harbinger.example", "http://harbinger.example@evil.example"],
      [403, "[::ffff:127.0.0.1]", "http://[::1]"],
      [421, "inside", "http://inside", undefined, https],
    ];
    for (const [status, ...asked] of cases) assert.equal(await changing(...asked), status, JSON.stringify(asked));
    assert.equal((await web.ask("GET /api/v1/health", { Cookie: cookie })).status, 200);
    const unsafe = await web.ask("GET /api/v1/session", { Origin: "http://evil.example" });
    assert.doesNotMatch(unsafe.text, /access-control-allow/i);
    assert.equal((await web.ask("OPTIONS /api/v1/session", { Origin: "http://evil.example" })).status < 400, false);
  });

  test("needs the exact token, in the header alone", async () => {
    for (const authorization of [
      `bearer ${readToken.toUpperCase()}`,
      `Bearer ${readToken} `.repeat(2),
      `Bearer ${readToken.slice(0, -1)}`,
      `Bearer  ${readToken}\t${operateToken}`,
      `Basic ${Buffer.from(`reader:${readToken}`).toString("base64")}`,
      "Bearer ",
      `Bearer ${"a".repeat(5000)}`,
    ])
      assert.equal((await web.ask("GET /api/v1/health", { Authorization: authorization })).status, 401, authorization);
    for (const name of ["token", "access_token", "api_key"])
      assert.equal((await web.ask(`GET /api/v1/health?${name}=${readToken}`)).status, 401);
  });
});
