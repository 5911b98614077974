import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { HttpAnswer } from "../../../wire/http/server.ts";
import { furtherRequests, nameOf, nextPage, provenProduct } from "./name-web.ts";
import { SeenAnswer } from "./seen-answer.ts";
import { webProducts } from "./web-products.ts";

function seen(body: string, headers: Readonly<Record<string, string>> = {}, status = 200): SeenAnswer {
  const answer: HttpAnswer = {
    status,
    statusLine: `HTTP/1.1 ${status}`,
    headers: new Map(Object.entries(headers)),
    body: Buffer.from(body),
    whole: true,
  };
  return new SeenAnswer(answer);
}

function named(body: string, headers: Readonly<Record<string, string>> = {}): string | undefined {
  const answer = seen(body, headers);
  const product = provenProduct(answer);
  return product === undefined ? undefined : nameOf(product, [answer]).product;
}

describe("naming a web server", () => {
  test("a title is the product's whole title, not a page about it", () => {
    assert.equal(named("<title>Grafana</title>"), "Grafana");
    for (const title of ["How we use Grafana", "Grafana or Kibana?", "About UniFi", "My Home Assistant blog"]) {
      assert.equal(named(`<title>${title}</title>`), undefined, title);
    }
  });

  test("a version is found only where its product shows it", () => {
    const page = (text: string) => seen(`<a href="https://bit.ly/tasmota">${text} by Theo Arends</a>`);
    const [product] = webProducts.filter(({ name }) => name === "Tasmota");
    assert.ok(product !== undefined);
    assert.equal(nameOf(product, [page("Tasmota - Menu, Tasmota 13.2.0")]).version, "13.2.0");
    assert.equal(nameOf(product, [page("Tasmota")]).version, undefined);
  });

  test("a certificate identifies a device that shows nothing else", () => {
    const { answer } = seen("");
    assert.equal(provenProduct(new SeenAnswer(answer, "CN=UniFi O=Ubiquiti Inc."))?.name, "UniFi");
    assert.equal(provenProduct(new SeenAnswer(answer, "CN=example.org"))?.name, undefined);
  });

  test("every product has a signature, a source, and its own name", () => {
    const names = webProducts.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { name, signs, source, requests = [] } of webProducts) {
      assert.ok(signs.length > 0 && signs.every((sign) => Object.keys(sign).some((key) => key !== "status")), name);
      assert.notEqual(source, "", name);
      for (const { path, ports, hint } of requests) {
        assert.match(path, /^\/[\x21-\x7e]*$/, name);
        assert.ok(ports !== undefined || hint !== undefined, `${name}: every server would be asked for ${path}`);
      }
    }
  });

  test("no port has more than two requests for an unknown server", () => {
    const unknown = seen("hello");
    const ports = webProducts.flatMap(({ requests = [] }) => requests.flatMap((request) => request.ports ?? []));
    assert.ok(ports.length > 5);
    for (const port of [80, ...ports]) {
      assert.ok(furtherRequests(undefined, unknown, port).length <= 2, String(port));
    }
  });

  test("a page leads only to pages of its own server", () => {
    const origin = "http://10.0.0.1:8080";
    const from = (location: string) => nextPage(seen("", { location }, 302), "/", origin);
    assert.equal(from("/login?x=1"), "/login?x=1");
    assert.equal(from("login"), "/login");
    assert.equal(from("http://10.0.0.1:8080/a"), "/a");
    for (const away of ["/", "https://10.0.0.1:8080/", "http://10.0.0.2:8080/", "//evil.example/", "http://[", ""])
      assert.equal(from(away), undefined, away);
    const refresh = '<meta http-equiv="Refresh" content="0; url=cgi-bin/luci/">';
    assert.equal(nextPage(seen(refresh), "/", origin), "/cgi-bin/luci/");
    assert.equal(nextPage(seen("press refresh url=/x"), "/", origin), undefined);
  });

  test("any answer is read without an exception, in bounded time", () => {
    const pieces = fc.constantFrom(
      "<title>",
      "</title>",
      "<MediaContainer",
      'version="',
      "RouterOS v",
      "refresh",
      "http-equiv",
      "url=",
      "<j:Name>",
      "{",
    );
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString()),
      fc.array(pieces).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(anything, anything, fc.integer({ min: 100, max: 599 }), (body, value, status) => {
        const answer = seen(body, { server: value, location: value, "www-authenticate": value }, status);
        const product = provenProduct(answer);
        for (const each of product === undefined ? webProducts : [product]) nameOf(each, [answer]);
        furtherRequests(product, answer, 80);
        nextPage(answer, "/", "http://127.0.0.1");
      }),
    );
    for (const filling of [
      "<title>",
      'version="',
      "RouterOS v",
      "Tasmota ",
      "http-equiv refresh url=",
      "<j:Name>",
      "[".repeat(9),
      '{"a":',
      '[{"',
    ]) {
      const body = filling.repeat(Math.ceil(262_144 / filling.length));
      const startedAt = process.cpuUsage();
      const answer = seen(body, { server: filling.repeat(200), location: filling.repeat(200) }, 302);
      provenProduct(answer);
      for (const product of webProducts) nameOf(product, [answer]);
      nextPage(answer, "/", "http://127.0.0.1");
      const milliseconds = process.cpuUsage(startedAt).user / 1000;
      assert.ok(milliseconds < 3000, `${filling}: ${milliseconds} ms`);
    }
  });
});
