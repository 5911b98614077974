import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NmapXmlDocuments } from "./documents.ts";

function host(address: string, port = 22): string {
  return `<host endtime="1700000000"><status state="up"/><address addr="${address}" addrtype="ipv4"/><ports>
<port protocol="tcp" portid="${port}"><state state="open"/></port></ports></host>\n`;
}

function whole(...hosts: readonly string[]): string {
  return `<?xml version="1.0"?>\n<!DOCTYPE nmaprun>\n<nmaprun start="1699999999">\n${hosts.join("")}<runstats><finished exit="success"/></runstats>\n</nmaprun>\n`;
}

function read(text: string, pieceLength = Number.POSITIVE_INFINITY) {
  const documents = new NmapXmlDocuments();
  const hosts = [];
  for (let at = 0; at < text.length; at += pieceLength)
    hosts.push(...documents.write(text.slice(at, at + pieceLength)));
  hosts.push(...documents.end());
  return {
    addresses: hosts.map(({ address }) => String(address)),
    seenAt: hosts.map(({ seenAt }) => seenAt),
    complete: documents.completeCount,
    faults: documents.faults,
    faultCount: documents.faultCount,
  };
}

test("consecutive documents are all read", () => {
  const { addresses, complete, faults, seenAt } = read(
    whole(host("10.0.0.1")) + whole(host("10.0.0.2"), host("10.0.0.3")),
  );
  assert.deepEqual(addresses, ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  assert.equal(complete, 2);
  assert.deepEqual(faults, []);
  assert.deepEqual(seenAt, [1700000000000, 1700000000000, 1700000000000]);
});

test("a document that was cut off ends before the next declaration, and its hosts count", () => {
  const cut = whole(host("10.0.0.1"), host("10.0.0.2")).split("<address").slice(0, 2).join("<address");
  const { addresses, complete, faults } = read(cut + whole(host("10.0.0.3")));
  assert.deepEqual(addresses, ["10.0.0.1", "10.0.0.3"]);
  assert.equal(complete, 1);
  assert.equal(faults.length, 1);
  assert.match(faults[0]?.reason ?? "", /cut off/);
});

test("an error is reported with its line in the file, and the next document is read", () => {
  const broken = whole(host("10.0.0.1"), "<host><oops\n<</host>");
  const { addresses, faults } = read(`${whole(host("10.0.0.9"))}${broken}${whole(host("10.0.0.2"))}`);
  assert.deepEqual(addresses, ["10.0.0.9", "10.0.0.1", "10.0.0.2"]);
  const line = `${whole(host("10.0.0.9"))}${broken}`
    .slice(0, `${whole(host("10.0.0.9"))}${broken}`.indexOf("<<"))
    .split("\n").length;
  assert.deepEqual(
    faults.map((fault) => fault.line),
    [line],
  );
});

test("an entity bomb is rejected", () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE nmaprun [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><nmaprun><host>&b;</host></nmaprun>`;
  const { addresses, faults } = read(bomb);
  assert.deepEqual(addresses, []);
  assert.match(faults[0]?.reason ?? "", /document type/);
});

test("for any chunks the result is the same, and nothing throws", () => {
  const part = fc.constantFrom(
    whole(host("10.0.0.1")),
    whole(host("10.0.0.2"), host("10.0.0.3", 80)),
    whole(),
    host("10.0.0.4"),
    "<?xml version='1.0'?>",
    "<nmaprun>",
    "</nmaprun>",
    "<host>",
    "junk\n",
    "<!-- -->",
    "&#1;",
  );
  const text = fc
    .array(fc.oneof(part, fc.string({ unit: "binary" })), { maxLength: 12 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 40 }), (input, pieceLength) => {
      const once = read(input);
      const { faults, ...inPieces } = read(input, pieceLength);
      assert.deepEqual(inPieces.addresses, once.addresses);
      assert.deepEqual([inPieces.complete, inPieces.faultCount], [once.complete, once.faultCount]);
      assert.equal(faults.length, once.faults.length);
    }),
    { numRuns: 300 },
  );
});
