import assert from "node:assert/strict";
import { test } from "node:test";
import { isSameOrigin } from "./request-origin.ts";

const request = { localAddress: "127.0.0.1", fetchSite: undefined, isEncrypted: false };

function isSame(host: string, origin: string, isEncrypted = false): boolean {
  return isSameOrigin({ ...request, host, origin, isEncrypted });
}

test("a page is of this server however a browser and a proxy write its address", () => {
  for (const [host, origin] of [
    ["site.example", "http://site.example"],
    ["site.example:80", "http://site.example"],
    ["site.example", "http://site.example:80"],
    ["site.example:443", "https://site.example"],
    ["site.example", "https://site.example:443"],
    ["SITE.Example", "https://site.example"],
    ["site.example", "HTTPS://Site.EXAMPLE"],
    ["site.example.", "http://site.example."],
    ["site.example", "http://site.example."],
    ["site.example.:8417", "http://site.example:8417"],
    ["[::1]:8417", "http://[::1]:8417"],
    ["[0:0:0:0:0:0:0:1]:8417", "http://[::1]:8417"],
    ["[FE80::1]", "http://[fe80::1]"],
    ["[::1]:80", "http://[::1]"],
    ["[::ffff:127.0.0.1]:8417", "http://[::ffff:7f00:1]:8417"],
    ["127.0.0.1:8417", "http://127.0.0.1:8417"],
  ] as const)
    assert.equal(isSame(host, origin), true, `${host} ${origin}`);
});

test("a page of another name, port or scheme is of another site", () => {
  for (const [host, origin] of [
    ["site.example", "http://evil.example"],
    ["site.example", "http://site.example:8080"],
    ["site.example:8417", "http://site.example"],
    ["site.example:443", "http://site.example"],
    ["site.example:80", "https://site.example"],
    ["site.example", "http://site.example.evil.example"],
    ["site.example", "http://site.example@evil.example"],
    ["site.example", "http://evil.example@site.example"],
    ["site.example", "http://evil.example/site.example"],
    ["site.example", "http://site.example/"],
    ["site.example", "http://site.example\\@evil.example"],
    ["site.example", "http://site.example http://evil.example"],
    ["site.example", "http://site..example"],
    ["site.example", "http://site.example.."],
    ["site.example", "ftp://site.example"],
    ["site.example", "chrome-extension://site.example"],
    ["site.example", "//site.example"],
    ["site.example", "site.example"],
    ["site.example", "null"],
    ["site.example", ""],
    ["", "http://"],
    ["", "null"],
    ["[::1]", "http://[::2]"],
    ["[::1]", "http://::1"],
  ] as const)
    assert.equal(isSame(host, origin), false, `${host} ${origin}`);
});

test("where the client uses HTTPS, a page without it is of another site", () => {
  assert.equal(isSame("site.example", "https://site.example", true), true);
  assert.equal(isSame("site.example", "http://site.example", true), false);
  assert.equal(isSame("site.example:443", "http://site.example:443", true), false);
  assert.equal(isSame("site.example", "https://site.example", false), true, "a proxy may have added it");
});

test("what the browser says of the site counts, whatever the origin", () => {
  const of = (fetchSite: string | undefined) =>
    isSameOrigin({ ...request, host: "site.example", origin: "http://site.example", fetchSite });
  assert.deepEqual(["same-origin", "none", undefined].map(of), [true, true, true]);
  assert.deepEqual(["same-site", "cross-site", "", "same-origin,cross-site"].map(of), [false, false, false, false]);
  assert.equal(isSameOrigin({ ...request, host: "site.example", origin: undefined, fetchSite: undefined }), true);
});
