import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { knownFacts } from "../../../test/wire/known-facts.ts";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parse } from "./client.ts";
import type { HttpRequest } from "./request.ts";

const get = fixture(import.meta.url, "curl-get.bin");
const post = fixture(import.meta.url, "curl-post.bin");
const absoluteForm = fixture(import.meta.url, "curl-proxy-absolute-form.bin");
const connect = fixture(import.meta.url, "curl-proxy-connect.bin");
const h2c = fixture(import.meta.url, "curl-h2c-upgrade.bin");
const wget = fixture(import.meta.url, "wget-get.bin");
const chromium = fixture(import.meta.url, "chromium-get.bin");

function request(bytes: Uint8Array | string, complete = true): HttpRequest {
  const outcome = parse(typeof bytes === "string" ? text(bytes) : bytes);
  assert.ok(outcome.kind === "match" && outcome.complete === complete, JSON.stringify(outcome));
  return outcome.value;
}

describe("http", () => {
  test("curl and a browser send method, path, host and user agent", () => {
    assert.deepEqual(request(post), {
      method: "POST",
      path: "/login",
      host: "shop.example",
      userAgent: "curl/7.88.1",
      version: "1.1",
      h2cUpgrade: false,
    });
    assert.equal(request(get).path, "/index.html?q=1");
    assert.match(request(chromium).userAgent ?? "", /^Mozilla\/5\.0 .* HeadlessChrome\//);
  });

  test("a proxy request has a complete URL or an authority", () => {
    assert.equal(request(absoluteForm).path, "http://example.org/a");
    assert.equal(request(absoluteForm).host, "example.org");
    assert.equal(request(connect).path, "example.org:443");
    assert.equal(request("GET http://user@[2001:db8::1]:8080?x HTTP/1.0\r\n\r\n").host, "user@[2001:db8::1]:8080");
    assert.equal(request("CONNECT 192.0.2.1:25 HTTP/1.0\r\n\r\n").host, "192.0.2.1:25");
    assert.equal(request("GET /?u=http://other.example/ HTTP/1.0\r\n\r\n").host, undefined);
  });

  test("an offer to upgrade to HTTP/2 is detected", () => {
    assert.equal(request(h2c).h2cUpgrade, true);
  });

  test("the first Host and User-Agent count, in any case, without surrounding spaces", () => {
    const { host, userAgent } = request("GET / HTTP/1.1\r\nhOST: \ta.example \r\nHost: b\r\nUSER-agent:x y\r\n\r\n");
    assert.deepEqual({ host, userAgent }, { host: "a.example", userAgent: "x y" });
  });

  test("a header beyond ASCII is UTF-8 if valid, else ISO 8859-1", () => {
    const agent = (bytes: Uint8Array) => {
      const outcome = parse(
        Buffer.concat([Buffer.from("GET / HTTP/1.1\r\nUser-Agent: "), bytes, Buffer.from("\r\n\r\n")]),
      );
      return outcome.kind === "match" ? outcome.value.userAgent : undefined;
    };
    assert.equal(agent(Buffer.from("grüße/1.0 (€)")), "grüße/1.0 (€)");
    assert.equal(agent(Buffer.from("grüße/1.0", "latin1")), "grüße/1.0");
  });

  test("lines may end in LF, and empty lines may come first", () => {
    const { method, path, host } = request("\r\n\nOPTIONS * HTTP/1.1\nHost: a\n\n");
    assert.deepEqual({ method, path, host }, { method: "OPTIONS", path: "*", host: "a" });
  });

  test("any token is a method if the line names HTTP", () => {
    for (const line of ["M-SEARCH * HTTP/1.1", "PROPFIND / HTTP/1.1", "get / http/1.0", "X_y!1 /a b c HTTP/1.1"]) {
      assert.equal(request(`${line}\r\n\r\n`).method, line.split(" ")[0]);
    }
    assert.equal(request("X /a b c HTTP/1.1\r\n\r\n").path, "/a b c");
  });

  test("the simple request of HTTP/0.9 and a garbled version are read", () => {
    assert.equal(request("GET /\r\n").version, "0.9");
    assert.equal(request("GET /a HTTP/\r\n").version, undefined);
    assert.equal(request("HEAD /a\n").version, undefined);
  });

  test("a request line that has not ended is read as far as it goes", () => {
    assert.equal(request("GET /cgi-b", false).path, "/cgi-b");
    assert.equal(request("GET /a HTT", false).path, "/a");
    assert.deepEqual(parse(text("CONNECT example.org:4")), { kind: "incomplete" });
    assert.deepEqual(parse(text("OPTIONS / RT")), { kind: "incomplete" });
  });

  test("a header that has not ended has no value", () => {
    assert.equal(request("GET / HTTP/1.1\r\nHost: exam", false).host, undefined);
  });

  test("protocols that look alike are something else", () => {
    const others = [
      "OPTIONS / RTSP/1.0\r\n\r\n",
      "OPTIONS sip:nm SIP/2.0\r\n\r\n",
      "GET / RTSP/1.0\r\n\r\n",
      "get key\r\n",
      "GET SERVER INFO\r\n",
      "CONNECT\naccept-version:1.2\n\n\0",
      'CONNECT {"verbose":false}\r\n',
      "EHLO example.org\r\n",
      "USER root\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "GET  HTTP/1.1\r\n",
      "*1\r\n$4\r\nPING\r\n",
      " / HTTP/1.1\r\n",
    ];
    for (const other of others) assert.equal(parse(text(other)).kind, "mismatch", other);
  });

  parserProperties(knownFacts(parse, ["path", "host", "h2cUpgrade"]), {
    valid: [get, absoluteForm, connect, h2c, wget, chromium, text("GET /nice\r\n"), text("OPTIONS * HTTP/1.0\n\n")],
    streams: [post],
  });
});
