import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { editDistance, nearestKey } from "./nearest-key.ts";

describe("nearestKey", () => {
  const keys = ["email", "port", "label", "port_label", "nmap_scan", "smtp_server"];

  it("finds what a slip of the finger meant", () => {
    assert.equal(nearestKey("emial", keys), "email");
    assert.equal(nearestKey("lable", keys), "label");
    assert.equal(nearestKey("nmap_scann", keys), "nmap_scan");
  });

  it("looks past case, hyphens and underscores", () => {
    assert.equal(nearestKey("smtpServer", keys), "smtp_server");
    assert.equal(nearestKey("SMTP-SERVER", keys), "smtp_server");
  });

  it("finds nothing where nothing is near", () => {
    assert.equal(nearestKey("colour", keys), undefined);
    assert.equal(nearestKey("x".repeat(1000), keys), undefined);
  });
});

describe("editDistance", () => {
  it("counts a swap of neighbours once", () => {
    assert.equal(editDistance("emial", "email"), 1);
  });

  it("is a symmetric distance, bounded by the longer text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (a, b) => {
        const distance = editDistance(a, b);
        assert.equal(distance, editDistance(b, a));
        assert.equal(distance === 0, a === b);
        assert.ok(distance <= Math.max(a.length, b.length));
      }),
    );
  });
});
