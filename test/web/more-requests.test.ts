/** More requests that no client of good faith sends: bombs, traversal, tampered cursors, cookies of others, and unusual methods. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { AttackedWeb, answersIn, operateToken, password, proxyAddress, readToken, statusOf } from "./attacked-web.ts";

const bearer = { Authorization: `Bearer ${readToken}` };
const operator = { Authorization: `Bearer ${operateToken}` };
const json = { "Content-Type": "application/json" };
const lists = [
  ...["services", "hosts", "devices", "certificates", "discoveries", "scans", "connections", "reports"],
  ...["deliveries", "watches", "listeners"],
];

function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf("\r\n\r\n") + 4);
}

describe("the running program", () => {
  let web!: AttackedWeb;
  before(async () => {
    web = await AttackedWeb.start();
  });
  after(async () => await web[Symbol.asyncDispose]());

  test("rejects searches and parameters that are too long, too many or of another shape, without repeating them", async () => {
    for (const query of [
      `q=${"a".repeat(5000)}`,
      `q=${encodeURIComponent("NOT ".repeat(2000))}`,
      "limit=1e9",
      "limit=-1",
      "limit=1&limit=2",
      "limit[]=1",
      "q[$ne]=1",
      "__proto__=1",
      "constructor=1",
      "__proto__[limit]=1",
      "order=descending;drop",
      "format=html",
      "format=json&format=csv",
      `${"x=1&".repeat(500)}limit=1`,
    ]) {
      for (const list of lists) {
        const { status, text } = await web.ask(`GET /api/v1/${list}?${query}`, bearer);
        assert.equal(status, 400, `${list} ${query.slice(0, 60)}: ${text.slice(0, 300)}`);
        assert.match(text, /\r\ncontent-type: application\/json/i);
        assert.ok(text.length < 4000, `${list} ${query.slice(0, 60)}: ${text.length} characters`);
      }
    }
    // A word that cannot be the name of a term is looked for as it is.
    for (const list of lists)
      assert.match((await web.ask(`GET /api/v1/${list}?q=__proto__:1`, bearer)).text, /"rows":\[/);
    for (const word of ["constructor:x", "toString:x", "hasOwnProperty:x", "NOT constructor:1"])
      for (const list of lists) {
        const { status } = await web.ask(`GET /api/v1/${list}?q=${encodeURIComponent(word)}`, bearer);
        assert.equal(status, 400, `${list} ${word}`);
      }
  });

  test("takes only its own cursors, and none of them as a part of SQL", async () => {
    for (const cursor of [
      "x",
      "AAAA",
      "null",
      "[]",
      "{}",
      Buffer.from("[1e999]").toString("base64url"),
      Buffer.from('["1; drop table scans"]').toString("base64url"),
      Buffer.from('{"__proto__":1}').toString("base64url"),
      Buffer.from("[".repeat(300)).toString("base64url"),
      "' or 1=1 --",
      "..%2f..%2f",
      "%00",
      "9".repeat(400),
    ]) {
      for (const list of lists) {
        const { status, text } = await web.ask(`GET /api/v1/${list}?cursor=${encodeURIComponent(cursor)}`, bearer);
        assert.ok(status === 400 || status === 200, `${list} ${cursor}: ${text}`);
        assert.doesNotMatch(text, /SQLITE|syntax error|at .*\.ts/, `${list} ${cursor}`);
      }
    }
    const { text } = await web.ask("GET /api/v1/scans", bearer);
    assert.match(text, /"rows"/, "the table is still there");
  });

  test("does not unpack a compressed body, and reads no deep one", async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 2 ** 20))
      .subarray(0, 60_000)
      .toString("latin1");
    for (const coding of ["gzip", "deflate", "br", "zstd", "identity, gzip"]) {
      const headers = { ...json, "Content-Encoding": coding, "Content-Length": String(bomb.length) };
      const head = Object.entries({ Host: web.host, Connection: "close", ...headers }).map(
        ([k, v]) => `${k}: ${v}\r\n`,
      );
      const answer = await web.send(`POST /api/v1/session HTTP/1.1\r\n${head.join("")}\r\n${bomb}`);
      assert.ok([400, 413, 415].includes(statusOf(answer)), `${coding}: ${answer}`);
    }
    const mac = "PATCH /api/v1/devices/02:00:00:00:00:01";
    for (const body of [
      `{"name":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
      `{"name":"x","${"a".repeat(30_000)}":1}`,
      `{"name":"x",${Array.from({ length: 5000 }, (_, index) => `"k${index}":1`).join()}}`,
      '{"__proto__":{"approved":true}}',
      '{"constructor":{"prototype":{"approved":true}}}',
      '{"name":"x","name":{"$gt":""}}',
      '{"approved":"true"}',
      '{"approved":1}',
    ]) {
      const { status, text } = await web.ask(mac, { ...operator, ...json }, { body });
      assert.equal(status, 400, `${body.slice(0, 60)}: ${text}`);
      assert.ok(text.length < 4000, `${text.length} characters`);
    }
    assert.equal(Reflect.get({}, "approved"), undefined);
    assert.equal((await web.ask("GET /healthz")).status, 200);
  });

  test("takes changes in no other type than JSON, whatever is written behind it", async () => {
    for (const [type, status] of [
      ["application/json", 404],
      ["application/json; charset=utf-8", 404],
      ["APPLICATION/JSON", 404],
      ["application/json-patch+json", 415],
      ["text/plain; application/json", 415],
      ["text/plain", 415],
      ["application/x-www-form-urlencoded", 415],
      ["multipart/form-data; boundary=x", 415],
      ["*/*", 415],
      ["application", 415],
    ] as const) {
      const asked = await web.ask(
        "PATCH /api/v1/devices/02:00:00:00:00:01",
        { ...operator, "Content-Type": type },
        { body: '{"name":"x"}' },
      );
      assert.equal(asked.status, status, `${type}: ${asked.text}`);
    }
  });

  test("answers HEAD without a body, and TRACE, OPTIONS and preflights with nothing of use", async () => {
    for (const path of ["/", "/healthz", "/metrics", "/openapi.json", ...lists.map((list) => `/api/v1/${list}`)]) {
      const { status, text } = await web.ask(`HEAD ${path}`, bearer);
      assert.ok([200, 503].includes(status), `${path}: ${text}`);
      assert.equal(bodyOf(text), "", path);
      for (const format of ["csv", "jsonl"]) {
        if (!path.startsWith("/api/v1/")) continue;
        assert.equal(bodyOf((await web.ask(`HEAD ${path}?format=${format}`, bearer)).text), "", `${path} ${format}`);
      }
    }
    for (const path of ["*", "/", "/api/v1/devices/02:00:00:00:00:01", "/api/v1/session"]) {
      const preflight = {
        Origin: "http://evil.example",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Private-Network": "true",
      };
      const { text } = await web.ask(`OPTIONS ${path}`, preflight);
      assert.doesNotMatch(text, /access-control-|allow:|HTTP\/1\.1 2/i, path);
    }
    assert.ok((await web.ask("TRACE /", { Cookie: "secret=1" })).status >= 400);
  });

  test("switches to no other protocol", async () => {
    for (const upgrade of ["websocket", "h2c", "TLS/1.2", "HTTP/2.0"]) {
      const headers = {
        Connection: "Upgrade",
        Upgrade: upgrade,
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "HTTP2-Settings": "AAMAAABkAAQAAP__",
      };
      const { text } = await web.ask("GET /api/v1/events", headers, { headersOnly: true });
      assert.notEqual(statusOf(text), 101, upgrade);
      assert.equal(statusOf(text), 401, upgrade);
    }
    for (const preface of [
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01\x00",
      "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n",
    ])
      assert.ok([0, 400, 505].includes(statusOf(await web.send(preface, { limitMs: 2000 }))), preface);
  });

  test("takes the session from its own cookie only, whichever others are sent", async () => {
    const { cookie } = await web.login("bob", password);
    const [name = "", value = ""] = cookie.split("=");
    const health = async (header: string) => (await web.ask("GET /api/v1/health", { Cookie: header })).status;
    assert.equal(await health(cookie), 200);
    for (const tossed of [
      `harbinger-session=${value}`,
      `__Secure-harbinger-session=${value}`,
      `__host-harbinger-session=${value}`,
      `${name}x=${value}`,
      `${name}=${value}x`,
      `${name}=`,
      `${name}=__proto__`,
      `__proto__=${value}`,
    ])
      if (!tossed.startsWith(`${name}=${value};`) && tossed !== cookie) assert.equal(await health(tossed), 401, tossed);
    // A cookie that another host of the domain added cannot replace the session, nor log in as somebody else.
    for (const header of [`${name}=AAAA; ${cookie}`, `${cookie}; ${name}=AAAA`])
      assert.ok([200, 401].includes(await health(header)));
    assert.equal(await health(`${"a=b; ".repeat(2000)}${cookie}`), 200);
    assert.equal(await health(`${"a".repeat(15_000)}=1; ${cookie}`), 200);
  });

  test("sets cookies that no other host of the domain can set, behind a proxy that serves HTTPS", async () => {
    const forwarded = {
      "X-Forwarded-For": "203.0.113.77",
      "X-Forwarded-Host": "harbinger.example",
      "X-Forwarded-Proto": "https",
      Origin: "https://harbinger.example",
      ...json,
    };
    const body = JSON.stringify({ name: "ann", password });
    const { text } = await web.ask("POST /api/v1/session", forwarded, { from: proxyAddress, body });
    assert.match(
      text,
      /\r\nset-cookie: __Host-harbinger-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict\r\n/i,
    );
    const untrusted = await web.ask(
      "POST /api/v1/session",
      { ...forwarded, Host: web.host },
      { from: "127.0.0.5", body },
    );
    assert.equal(untrusted.status, 403, "from another address the name of the proxy counts for nothing");
  });

  test("redirects to nowhere else, and repeats nothing of a request in an error", async () => {
    const word = "zq7-echo";
    for (const line of [
      `GET //evil.example/${word}`,
      `GET /\\evil.example/${word}`,
      `GET /%2f%2fevil.example/${word}`,
      `GET /${word}<script>`,
      `GET /api/v1/${word}`,
      `GET /api/v1/watches/${word}/scan`,
      `DELETE /api/v1/watches/${word}/scan`,
      `GET /assets/${word}`,
      `GET /api/v1/hosts/${word}`,
      `GET /api/v1/connections/${word}`,
      `GET /api/v1/reports/${word}`,
      `GET /%0d%0aX-Injected:%20${word}`,
    ]) {
      const { status, text } = await web.ask(line, operator);
      assert.ok(status >= 400, `${line}: ${text}`);
      assert.doesNotMatch(text, /\r\nlocation:|x-injected/i, line);
      assert.ok(!text.includes(word), `${line}: ${text}`);
      assert.match(text, /\r\ncontent-type: application\/json/i, line);
      assert.match(text, /\r\nx-content-type-options: nosniff/i, line);
    }
  });

  test("answers the same for files that exist outside its folder and for those that do not", async () => {
    for (const name of [
      "../files.json",
      "..%2ffiles.json",
      "..%5cfiles.json",
      "%2e%2e%2f%2e%2e%2fpackage.json",
      "....//files.json",
      "..;/files.json",
      "%252e%252e%252ffiles.json",
      "%c0%ae%c0%ae/files.json",
      "index.html",
      "files.json",
      "constructor",
      "__proto__",
      "%00index.js",
      "C:%5cwindows%5cwin.ini",
      "/etc/passwd",
    ]) {
      const { status, text } = await web.ask(`GET /assets/${name}`, bearer);
      assert.ok([400, 404, 503].includes(status), `${name}: ${text}`);
      assert.doesNotMatch(text, /"sources"|root:|devDependencies/, name);
    }
  });

  test("lets two logins at the same time pass no limit, and counts every failure", async () => {
    const from = "127.0.7.7";
    const attempts = await Promise.all(
      Array.from({ length: 40 }, (_, index) => web.login("ann", `wrong ${index}`, { from })),
    );
    const counted = attempts.filter(({ status }) => status === 401).length;
    assert.ok(counted <= 5, `${counted} passwords were tried`);
    assert.ok(attempts.every(({ status }) => status === 401 || status === 429));
  });

  test("ends connections that send headers without end, and serves others meanwhile", async () => {
    const socket = web.connect();
    let received = "";
    socket.setEncoding("latin1").on("data", (text: string) => (received += text));
    await once(socket, "connect");
    socket.write(`GET /healthz HTTP/1.1\r\nHost: ${web.host}\r\n`);
    for (let sent = 0; sent < 100 && !socket.closed; sent += 1) socket.write(`X-${sent}: ${"a".repeat(1000)}\r\n`);
    assert.equal((await web.ask("GET /healthz")).status, 200);
    if (!socket.closed) await once(socket, "close");
    // The system may drop the answer, because the client still sends when the connection ends.
    assert.ok([0, 431].includes(statusOf(received)), received);
    assert.ok(answersIn(received) <= 1);
  });
});

describe("below a path of a proxy", () => {
  test("nothing is served beside the path, nor under tricks with it", async () => {
    await using web = await AttackedWeb.start({ base_path: "/harbinger" });
    assert.equal((await web.ask("GET /harbinger/api/v1/health", bearer)).status, 200);
    for (const path of [
      "/api/v1/health",
      "/healthz",
      "/metrics",
      "/harbingerx/api/v1/health",
      "/harbinger/../api/v1/health",
      "/harbinger%2fapi/v1/health",
      "/harbinger/harbinger/api/v1/health",
      "//harbinger/api/v1/health",
      "/Harbinger/api/v1/health",
      "/harbinger//api/v1/health",
      "/harbinger;/api/v1/health",
    ]) {
      const { status, text } = await web.ask(`GET ${path}`, bearer);
      assert.equal(status, 404, `${path}: ${text}`);
      assert.equal((await web.ask(`GET ${path}`)).status, 401, path);
    }
    const { status, text } = await web.ask("GET /harbinger?next=//evil.example");
    assert.equal(status, 308);
    assert.match(text, /\r\nlocation: \/harbinger\/\r\n/i);
    const { cookie, status: loggedIn } = await web.login("ann", password, { place: "/harbinger/api/v1/session" });
    assert.equal(loggedIn, 200);
    assert.match(cookie, /^__Secure-harbinger-session=/);
  });
});
