import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chunkRows } from "./column-chunk.ts";
import { KeyTable } from "./key-table.ts";
import { TallyTable } from "./tally-table.ts";
import { fingerprintIn, fingerprintWord } from "./tally-words.ts";

function key(number: number): Uint8Array {
  return Uint8Array.of(4, number >>> 24, number >>> 16, number >>> 8, number);
}

const row = { listener: "decoy", protocol: "http", port: 80, fingerprint: "" };

function peersOf(table: TallyTable): number[] {
  return table.chunks.flatMap(({ peer, count }) =>
    [...peer.subarray(0, count)].map((number) => Buffer.from(table.peers.keyOf(number)).readUInt32BE(1)),
  );
}

describe("a table of keys", () => {
  test("gives each key its number, whatever its length", () => {
    const table = new KeyTable(7);
    const keys = Array.from({ length: 5000 }, (_, i) => Uint8Array.of(...key(i), ...(i % 3 === 0 ? key(i) : [])));
    assert.deepEqual(
      keys.map((each) => table.numberOf(each)),
      keys.map((_, i) => i),
    );
    assert.deepEqual(
      keys.map((each) => table.numberOf(each)),
      keys.map((_, i) => i),
    );
    assert.deepEqual(
      keys.map((_, i) => [...table.keyOf(i)]),
      keys.map((each) => [...each]),
    );
    assert.equal(table.numberOf(new Uint8Array(0)), 5000);
  });
});

describe("the table of counted connections", () => {
  test("drops the oldest rows past its limit, says from when on all are left, and forgets their peers", () => {
    const table = new TallyTable({ seed: 1, maxRows: 2 * chunkRows });
    let from: number | undefined;
    for (let at = 0; at < 4 * chunkRows; at++) {
      from = table.add({ ...row, at, peer: key(at) }, "recent") ?? from;
    }
    assert.equal(from, 2 * chunkRows);
    assert.deepEqual(
      peersOf(table),
      Array.from({ length: 2 * chunkRows }, (_, i) => 2 * chunkRows + i),
    );
    assert.ok(table.peers.size < 4 * chunkRows);
  });

  test("keeps the origins of peers when others are forgotten", () => {
    const table = new TallyTable({ seed: 1, maxRows: 2 * chunkRows });
    const origin = { countryCode: "NL", country: undefined, asn: 1, organization: undefined };
    for (let at = 0; at < chunkRows; at++) table.add({ ...row, at, peer: key(at) }, "recent");
    table.add({ ...row, at: chunkRows, peer: key(99_999) }, "recent");
    table.setOrigin(table.peers.numberOf(key(99_999)), origin);
    table.dropBefore(chunkRows);
    assert.equal(table.peers.size, 1);
    assert.deepEqual(table.origins[table.originOfPeer(0)], origin);
  });

  test("keeps frequent fingerprints where clients send ever new ones", () => {
    const table = new TallyTable({ seed: 1 });
    const frequent = fingerprintWord("userAgent", "often");
    for (let at = 0; at < 30_000; at++) {
      const fingerprint = at % 3 === 0 ? frequent : fingerprintWord("userAgent", `once ${at}`);
      table.add({ ...row, at, peer: key(1), fingerprint }, "recent");
    }
    assert.ok(table.fingerprints.length <= 20_000);
    const number = table.fingerprints.indexOf(frequent);
    const count = table.chunks[0]?.fingerprint.filter((value) => value === number).length;
    assert.equal(count, 10_000);
  });
});

describe("the fingerprint of an identification", () => {
  test("is that of TLS, SSH or HTTP", () => {
    const word = (value: object) => fingerprintIn(JSON.stringify({ protocol: "x", complete: true, ...value }));
    assert.equal(word({ tls: { version: "TLS 1.3", alpn: [], ja4: "t13" } }), fingerprintWord("ja4", "t13"));
    assert.equal(word({ ssh: { ident: "SSH-2.0-x", hassh: "ec" } }), fingerprintWord("hassh", "ec"));
    assert.equal(
      word({ http: { method: "GET", path: '/"ja4":"x"', userAgent: "a b" } }),
      fingerprintWord("userAgent", "a b"),
    );
    assert.equal(word({ http: { method: "GET", path: '/"ja4":"x"' } }), "");
    assert.equal(fingerprintIn('{"tls":{"ja4":"cut'), "");
  });
});
