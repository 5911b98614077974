import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type HttpResponse, requestPath } from "../../probe/http-get.ts";
import { faviconHash, murmur3 } from "./murmur3.ts";
import { iconLinkOf, textOf, titleOf } from "./page.ts";

test("MurmurHash3 gives the published values", () => {
  const hash = (text: string, seed?: number) => murmur3(Buffer.from(text), seed) >>> 0;
  assert.equal(hash(""), 0);
  assert.equal(hash("", 1), 0x514e28b7);
  assert.equal(hash("", 0xffffffff), 0x81f16f39);
  assert.equal(hash("hello"), 0x248bfa47);
  assert.equal(hash("hello, world"), 0x149bbb7f);
  assert.equal(hash("The quick brown fox jumps over the lazy dog"), 0x2e4ff723);
  assert.equal(hash("aaaa", 0x9747b28c), 0x5a97808a);
  assert.equal(hash("aaa", 0x9747b28c), 0x283e0130);
  assert.equal(hash("aa", 0x9747b28c), 0x5d211726);
  assert.equal(hash("a", 0x9747b28c), 0x7fa09ea6);
});

test("an icon is hashed as Base64 in lines, each with its line feed", () => {
  const icon = Buffer.alloc(100, 1);
  const base64 = icon.toString("base64");
  assert.equal(faviconHash(icon), murmur3(Buffer.from(`${base64.slice(0, 76)}\n${base64.slice(76)}\n`)));
});

test("a title is found, decoded and on one line", () => {
  assert.equal(titleOf("<html><TITLE lang=en>\n A &lt;b&gt;&#x20;&#33;\n C </TITLE>"), "A <b> ! C");
  assert.equal(titleOf("<title></title>"), undefined);
  assert.equal(titleOf("<title>open end"), "open end");
  assert.equal(titleOf("<p>none"), undefined);
});

test("the icon's link is found in any form", () => {
  assert.equal(iconLinkOf(`<link rel="stylesheet" href="a"><link rel="shortcut icon" href="/b.ico">`), "/b.ico");
  assert.equal(iconLinkOf("<LINK HREF=c.png REL=icon>"), "c.png");
  assert.equal(iconLinkOf("<link rel=stylesheet href=x>"), undefined);
});

test("the charset of the response is used, an unknown one is not", () => {
  const body = Buffer.from([0xe4]);
  const response = (type: string): HttpResponse => ({
    kind: "response",
    statusLine: "",
    status: 200,
    headers: [["Content-Type", type]],
    body,
  });
  assert.equal(textOf(response("text/html; charset=ISO-8859-1")), "ä");
  assert.equal(textOf(response("text/html; charset=klingon")), "\ufffd");
});

test("any path is made valid for a request line", () => {
  assert.equal(requestPath("api/status"), "/api/status");
  assert.equal(requestPath("https://host:1/x?y#z"), "/x?y");
  assert.equal(requestPath("/a b\r\nHost: x"), "/a%20b%0D%0AHost:%20x");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (path) => {
      assert.match(requestPath(path), /^\/[\x21-\x7e]*$/);
    }),
  );
});

test("any page is read without an exception", () => {
  const page = fc
    .array(
      fc.constantFrom("<title", ">", "</title>", "&#", "&#x110000;", ";", "<link ", "rel=icon", " href=", '"', "x"),
    )
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(page, fc.string({ unit: "binary" })), (html) => {
      titleOf(html);
      iconLinkOf(html);
    }),
  );
});
