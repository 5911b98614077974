import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { nameDistance, nearestName, suggestName } from "./nearest-name.ts";

describe("nearestName", () => {
  const keys = ["email", "port", "label", "port_label", "nmap_scan", "smtp_server"];

  test("finds the name behind a typing error", () => {
    assert.equal(nearestName("emial", keys), "email");
    assert.equal(nearestName("lable", keys), "label");
    assert.equal(nearestName("nmap_scann", keys), "nmap_scan");
    assert.equal(nearestName("htp", ["ftp", "http", "smtp"]), "http");
    assert.equal(nearestName("nolan", ["lan", "office"]), "lan");
  });

  test("ignores case, hyphens and underscores", () => {
    assert.equal(nearestName("smtpServer", keys), "smtp_server");
    assert.equal(nearestName("SMTP-SERVER", keys), "smtp_server");
  });

  test("finds nothing if no name is near", () => {
    assert.equal(nearestName("colour", keys), undefined);
    assert.equal(nearestName("x".repeat(1000), keys), undefined);
    assert.equal(nearestName("test", ["host"]), undefined);
    assert.equal(nearestName("a", ["b"]), undefined);
    assert.equal(nearestName("a", []), undefined);
  });
});

describe("nameDistance", () => {
  test("counts a swap of neighbouring letters once", () => {
    assert.equal(nameDistance("emial", "email"), 1);
  });

  test("is a symmetric distance, bounded by the longer text", () => {
    const word = fc.stringMatching(/^[a-z0-9]{0,20}$/);
    fc.assert(
      fc.property(word, word, (a, b) => {
        const between = nameDistance(a, b);
        assert.equal(between, nameDistance(b, a));
        assert.equal(between === 0, a === b);
        assert.ok(between <= Math.max(a.length, b.length));
      }),
    );
  });

  test("accepts any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string(), (a, b) => nameDistance(a, b) >= 0));
  });
});

describe("suggestName", () => {
  test("names the nearest, or else lists all names", () => {
    assert.equal(suggestName("nolan", ["lan"]), 'Did you mean "lan"?');
    assert.equal(suggestName("garage", ["lan", "office"]), "There are: lan, office.");
    assert.equal(suggestName("garage", []), "");
  });

  test("lists no more names than are readable", () => {
    const many = Array.from({ length: 75 }, (_, index) => `watch ${index}`);
    assert.match(suggestName("garage", many), /watch 69 and 5 more\.$/);
  });
});
