import assert from "node:assert/strict";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { checkContext } from "../../../../test/check/check-context.ts";
import { page, plainAndTls } from "../../../../test/check/plain-and-tls.ts";
import { listening } from "../../../../test/check/run-check.ts";
import { Deadline } from "../../probe/deadline.ts";
import { askEntry } from "./ask-entry.ts";
import { entryNamed } from "./catalogue.ts";
import { exposureCheck } from "./exposure-check.ts";

async function ask(name: string, port: number) {
  const entry = entryNamed(name);
  assert.ok(entry !== undefined);
  using deadline = new Deadline(10_000, new AbortController().signal);
  return await askEntry(entry, { host: "127.0.0.1", port }, deadline);
}

const webmin = page(200, "<td>System hostname</td>", { Server: "MiniServ/2.105" });

describe("a port with TLS", () => {
  for (const [title, complaint] of [
    ["Webmin's complaint, with status 200", page(200, "<pre>This web server is running in SSL mode. Try the URL")],
    ["nginx's complaint", page(400, "<center>The plain HTTP request was sent to HTTPS port</center>")],
    ["any 400", page(400, "")],
  ] as const) {
    test(`${title} leads to TLS`, async () => {
      await using server = await plainAndTls({ plain: complaint, secure: webmin });
      const result = await ask("webmin", server.port);
      assert.deepEqual([result.judgement.verdict, result.tls], ["exposed", "TLSv1.3"]);
    });
  }

  test("a redirect to the same port leads to TLS, one to another does not", async () => {
    let port = 0;
    const redirect: RequestListener = (_request, response) => {
      response.writeHead(301, { Location: `https://127.0.0.1:${port}/` }).end();
    };
    await using server = await plainAndTls({ plain: redirect, secure: webmin });
    port = 443;
    assert.equal((await ask("webmin", server.port)).judgement.verdict, "inconclusive");
    port = server.port;
    assert.equal((await ask("webmin", server.port)).judgement.verdict, "exposed");
  });

  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    test(`a server that requires a client certificate by ${version} is protected`, async () => {
      const options = { requestCert: true, rejectUnauthorized: true, minVersion: version, maxVersion: version };
      await using server = await plainAndTls({
        plain: page(400, "Client sent an HTTP request to an HTTPS server."),
        secure: webmin,
        options,
      });
      for (const name of ["docker", "kubelet", "redis"]) {
        const result = await ask(name, server.port);
        assert.equal(result.judgement.verdict, "protected", `${name} ${JSON.stringify(result)}`);
        assert.equal(result.judgement.reason, "requires a client certificate");
      }
      const request = { host: "127.0.0.1", port: server.port, timeoutMs: 20_000, options: {} };
      const looked = await exposureCheck.create(checkContext).run(request, new AbortController().signal);
      assert.match(looked.output, /^protected: requires a client certificate$/);
    });
  }
});

async function exposureOf(port: number, service?: string) {
  const options = service === undefined ? {} : { service };
  const request = { host: "127.0.0.1", port, timeoutMs: 10_000, options };
  return await exposureCheck.create(checkContext).run(request, new AbortController().signal);
}

test("a closed port is reported as closed", async () => {
  const server = await listening(createServer());
  const { port } = server;
  await server[Symbol.asyncDispose]();
  for (const service of [undefined, "redis", "grafana"]) {
    const looked = await exposureOf(port, service);
    assert.deepEqual([looked.passed, looked.verdict, looked.output], [false, "inconclusive", "port is closed"]);
    assert.deepEqual([looked.facts["state"], looked.facts["reason"]], ["closed", "connection refused"]);
  }
});

test("the verdict comes first, then the product if it is proven, else the requested service", async () => {
  await using exposed = await listening(createHttpServer(webmin));
  assert.match((await exposureOf(exposed.port, "webmin")).output, /^exposed: Webmin 2\.105: shows its system without/);
  await using login = await listening(createHttpServer(page(401, "", { Server: "nginx/1.22.1" })));
  const asked = await exposureOf(login.port, "grafana");
  assert.match(asked.output, /^protected: a web server; requires authentication \(401\), asked as Grafana\nevidence: /);
  // The reason of this one already names the requested service.
  await using other = await listening(createHttpServer(page(404, "")));
  assert.match(
    (await exposureOf(other.port, "grafana")).output,
    /^inconclusive: answers 404 for \/api\/org, which does not prove Grafana\n/,
  );
  await using web = await listening(createHttpServer(page(200, "hello", { Server: "nginx/1.22.1" })));
  assert.match((await exposureOf(web.port)).output, /^inconclusive: nginx 1\.22\.1: a web server; /);
});

test("a login form inside JSON does not count", async () => {
  const yaml = 'global: {}\n# <input type="password">\n';
  await using server = await plainAndTls({
    plain: page(200, JSON.stringify({ status: "success", data: { yaml } })),
    secure: webmin,
  });
  assert.equal((await ask("prometheus", server.port)).judgement.verdict, "exposed");
});
