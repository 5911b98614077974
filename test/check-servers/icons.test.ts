// Web applications whose page does not identify them, by the icons in Debian's packages.

import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import { exposureCheck } from "../../src/outbound/check/exposure/exposure-check.ts";
import { serviceCheck } from "../../src/outbound/check/service/service-check.ts";
import { checkContext } from "../check/check-context.ts";

/** From packages that other tests also need. */
const files = {
  Cockpit: "/usr/share/cockpit/branding/default/favicon.ico",
  Transmission: "/usr/share/transmission/web/images/favicon.png",
};
const absent = Object.values(files).filter((file) => !existsSync(file));
const skip = absent.length > 0 && `not installed: ${absent.join(", ")}`;

/** A server with an unknown page, and this icon at its path. */
async function serverWith(icon: { readonly path: string; readonly body: Uint8Array | string }, head: string) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    if (request.url === icon.path) response.writeHead(200, { "Content-Type": "image/x-icon" }).end(icon.body);
    else if (request.url === "/") {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
      response.end(`<!doctype html><html><head><title>Start</title>${head}</head><body>Welcome</body></html>`);
    } else response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return {
    port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const asked = (port: number) => ({ host: "127.0.0.1", port, timeoutMs: 20_000, options: {} });
const never = new AbortController().signal;

async function serviceOf(port: number): Promise<string> {
  return (await serviceCheck.create(checkContext).run(asked(port), never)).output;
}

describe("a web application is recognised by its icon", { skip, concurrency: true }, () => {
  test("at the usual path and at the path in its page", async () => {
    await using usual = await serverWith({ path: "/favicon.ico", body: readFileSync(files.Cockpit) }, "");
    assert.equal(await serviceOf(usual.port), "Cockpit");
    const link = '<link rel="shortcut icon" href="img/icon.png?1">';
    await using linked = await serverWith({ path: "/img/icon.png?1", body: readFileSync(files.Transmission) }, link);
    assert.equal(await serviceOf(linked.port), "Transmission");
    assert.ok(!linked.requests.includes("/favicon.ico"));
  });

  test("and the verdict names it, decided by its page alone", async () => {
    await using server = await serverWith({ path: "/favicon.ico", body: readFileSync(files.Cockpit) }, "");
    const { output } = await exposureCheck.create(checkContext).run(asked(server.port), never);
    assert.match(output, /^inconclusive: Cockpit/i);
  });

  test("not by another icon, nor by an icon on another server", async () => {
    await using other = await serverWith({ path: "/favicon.ico", body: "no icon" }, "");
    assert.equal(await serviceOf(other.port), "HTTP");
    await using elsewhere = await serverWith({ path: "/favicon.ico", body: readFileSync(files.Cockpit) }, "");
    const link = `<link rel="icon" href="http://127.0.0.1:${elsewhere.port}/favicon.ico">`;
    await using pointing = await serverWith({ path: "/favicon.ico", body: readFileSync(files.Cockpit) }, link);
    assert.equal(await serviceOf(pointing.port), "HTTP");
    assert.deepEqual(elsewhere.requests, []);
  });
});
