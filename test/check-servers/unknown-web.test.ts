import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createListener, type Server, type Socket } from "node:net";
import { describe, test } from "node:test";
import pMap from "p-map";
import type { Verdict } from "../../src/core/check.ts";
import { exposureCatalogue } from "../../src/outbound/check/exposure/catalogue.ts";
import { exposureCheck } from "../../src/outbound/check/exposure/exposure-check.ts";
import { checkContext } from "../check/check-context.ts";

/**
 * An unknown web server on every port of the catalogue. The port proves nothing: no product may be named, and
 * the verdict is about a web server. It has its own loopback addresses, so that the ports are free whatever runs here.
 */
const network = "127.94.17";

const html = { "Content-Type": "text/html" };
const json = { "Content-Type": "application/json" };
const always =
  (status: number, headers: Readonly<Record<string, string>>, body: string): RequestListener =>
  (request, response) => {
    request.resume();
    response.writeHead(status, headers).end(request.method === "HEAD" ? "" : body);
  };
/** Answers every path the same, and mentions many products. */
const singlePage = `<!doctype html><html><head><title>Our dashboard</title></head><body><div id="root"></div>
  <p>We run Docker, Vault, Prometheus, Grafana, Jenkins, Elasticsearch, Kibana, Consul, RabbitMQ, Home Assistant, Synology,
  Proxmox, WebLogic, Webmin, Artifactory and a Sonos. Version 1.2.3, status success, log out of nothing.</p></body></html>`;
const commonFields = {
  id: 1,
  uuid: "u",
  name: "x",
  key: "k",
  type: "t",
  url: "/",
  status: "success",
  version: "1.0",
  data: [],
  result: [],
  results: [],
  count: 0,
  size: 0,
  total: 0,
  errors: null,
  items: [],
  kind: "List",
  message: "ok",
};

interface Variant {
  readonly title: string;
  readonly answer: RequestListener;
  readonly verdict: Verdict;
  readonly tls?: boolean;
}

const basic = always(401, { "WWW-Authenticate": 'Basic realm="Restricted"' }, "Unauthorized");
const loginPage = always(200, html, '<title>Welcome</title><form><input name="u"><input type="password"></form>');
const variants: readonly Variant[] = [
  { title: "Basic authentication", answer: basic, verdict: "protected" },
  { title: "403", answer: always(403, html, "<title>403 Forbidden</title>"), verdict: "protected" },
  { title: "404", answer: always(404, html, "<title>404 Not Found</title>"), verdict: "inconclusive" },
  { title: "nothing, with 200", answer: always(200, {}, ""), verdict: "inconclusive" },
  { title: "a redirect", answer: always(302, { Location: "https://www.example.org/" }, ""), verdict: "inconclusive" },
  { title: "one page for every path", answer: always(200, html, singlePage), verdict: "inconclusive" },
  {
    title: "an object for every path",
    answer: always(200, json, JSON.stringify(commonFields)),
    verdict: "inconclusive",
  },
  {
    title: "a list for every path",
    answer: always(200, json, JSON.stringify([commonFields])),
    verdict: "inconclusive",
  },
  { title: "a list of texts", answer: always(200, json, '["one","two"]'), verdict: "inconclusive" },
  { title: "errors as JSON", answer: always(401, json, JSON.stringify(commonFields)), verdict: "protected" },
  { title: "a login page", answer: loginPage, verdict: "protected" },
  { title: "Basic authentication over TLS", answer: basic, verdict: "protected", tls: true },
];

const webPorts = portsOf("http");
/** There the check first waits for a greeting, which takes time; one variant is enough. */
const otherPorts = portsOf("protocol").filter((port) => !webPorts.includes(port));

// Most of the time is waiting.
describe("a port number does not identify an unknown web server", { concurrency: 6 }, () => {
  for (const [index, variant] of variants.entries()) {
    const address = `${network}.${index + 1}`;
    test(variant.title, async () => {
      const ports = variant.title === "Basic authentication" ? [...webPorts, ...otherPorts] : webPorts;
      await using servers = await listenOn(address, ports, variant);
      assert.ok(servers.ports.length > ports.length / 2, `${servers.ports.length} of ${ports.length} ports are free`);
      await pMap(servers.ports, (port) => expectUnnamed(address, port, variant), { concurrency: 24 });
    });
  }
});

async function expectUnnamed(address: string, port: number, { verdict, tls }: Variant): Promise<void> {
  const request = { host: address, port, timeoutMs: 120_000, options: {} };
  const result = await exposureCheck.create(checkContext).run(request, new AbortController().signal);
  const context = `port ${port}: ${JSON.stringify(result)}`;
  assert.equal(result.facts["product"], undefined, context);
  assert.equal(result.facts["service"], tls === true ? "https" : "http", context);
  assert.equal(result.verdict, verdict, context);
  assert.ok(result.output.startsWith(`${verdict}: a web server; `), context);
}

function portsOf(kind: "http" | "protocol"): readonly number[] {
  return [...new Set(exposureCatalogue.filter((entry) => entry.kind === kind).flatMap(({ ports }) => ports))];
}

/** Ports that another program uses, or that need root, are left out. */
async function listenOn(
  address: string,
  ports: readonly number[],
  { answer, tls }: Variant,
): Promise<AsyncDisposable & { readonly ports: readonly number[] }> {
  const certificates = new URL("../harness/certificates/", import.meta.url);
  const cert = readFileSync(new URL("localhost.pem", certificates));
  const key = readFileSync(new URL("test-only-key.pem", certificates));
  const web = tls === true ? createTlsServer({ cert, key }, answer) : createServer(answer);
  web.on("tlsClientError", () => {});
  const sockets = new Set<Socket>();
  const listeners: Server[] = [];
  const open: number[] = [];
  for (const port of ports) {
    const listener = createListener((socket) => {
      sockets.add(socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket)));
      web.emit("connection", socket);
    });
    const isOpen = await new Promise<boolean>((resolve) => {
      listener.once("error", () => resolve(false)).listen(port, address, () => resolve(true));
    });
    if (!isOpen) continue;
    listeners.push(listener);
    open.push(port);
  }
  return {
    ports: open,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(listeners.map((listener) => new Promise((resolve) => listener.close(resolve))));
    },
  };
}
