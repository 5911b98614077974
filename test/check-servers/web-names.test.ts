import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import { serviceCheck } from "../../src/outbound/check/service/service-check.ts";
import { checkContext } from "../check/check-context.ts";
import { httpCaseServer } from "./http-server.ts";
import { type WebCase, type WebPage, webCases } from "./web-cases.ts";

/** An address of loopback on which no other program listens. */
const ownAddress = "127.94.18.1";

async function serviceOf(host: string, port: number): Promise<string> {
  const request = { host, port, timeoutMs: 20_000, options: {} };
  return (await serviceCheck.create(checkContext).run(request, new AbortController().signal)).output;
}

describe("recognising a web server by its answers", { concurrency: 32 }, () => {
  for (const kase of webCases) {
    test(kase.named, async (context) => {
      await using server = await pagesServer(kase);
      if (server === undefined) {
        context.skip(`port ${kase.port} is taken`);
        return;
      }
      assert.equal(await serviceOf(server.host, server.port), kase.named);
    });
  }
});

test("an unknown web server gets few requests", async () => {
  const answer = { status: 200, headers: { "Content-Type": "text/html", Server: "Mongoose/6.18" }, body: "hello" };
  await using server = await httpCaseServer(answer, { path: undefined, tls: false });
  assert.equal(await serviceOf("127.0.0.1", server.port), "Mongoose 6.18");
  assert.deepEqual(server.requests, ["GET /", "GET /shelly", "GET /favicon.ico"]);
});

test("redirects in a circle, to another server or to invalid addresses are followed a limited number of times", async () => {
  for (const [location, asked] of [
    ["/", 1],
    ["https://www.example.org/", 1],
    ["http://[", 1],
    ["/again", 2],
  ] as const) {
    await using server = await httpCaseServer(
      { status: 302, headers: { Location: location } },
      { path: undefined, tls: false },
    );
    assert.equal(await serviceOf("127.0.0.1", server.port), "HTTP");
    assert.equal(server.requests.length, asked, location);
  }
});

/** Serves exactly these pages; `undefined` if the port is in use or needs root. */
async function pagesServer({ port, pages }: WebCase) {
  const host = port === undefined ? "127.0.0.1" : ownAddress;
  const server = createServer((request, response) => {
    const page: WebPage = pages[request.url ?? ""] ?? { status: 404, body: "not found" };
    response.sendDate = false;
    response.writeHead(page.status ?? 200, page.headers).end(page.body ?? "");
  });
  const isOpen = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false)).listen(port ?? 0, host, () => resolve(true));
  });
  const bound = server.address();
  if (!isOpen || bound === null || typeof bound === "string") return undefined;
  return {
    host,
    port: bound.port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
