import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { knownFacts } from "../../../test/wire/known-facts.ts";
import { fixture, hex, joined } from "../../../test/wire/messages.ts";
import { parserNeverThrows, parserProperties } from "../../../test/wire/parser-properties.ts";
import { parse } from "./client.ts";
import type { ClientHello } from "./client-hello.ts";
import { versionName } from "./client-hello.ts";
import { parseSslv2 } from "./sslv2.ts";

const curl = fixture(import.meta.url, "curl-openssl3.bin");
const chromium = fixture(import.meta.url, "chromium.bin");
const node = fixture(import.meta.url, "node24.bin");
const severalRecords = fixture(import.meta.url, "openssl-several-records.bin");
const tls12 = fixture(import.meta.url, "openssl-tls1.2.bin");
const nameless = fixture(import.meta.url, "openssl-tls1.3-no-sni.bin");
const python = fixture(import.meta.url, "python3.11.bin");
const nmap = fixture(import.meta.url, "nmap-tls-session-request.bin");
const nmapSsl = fixture(import.meta.url, "nmap-ssl-session-request.bin");
/** An SSL 2.0 ClientHello that offers TLS 1.0 with two ciphers, no session id and a challenge of 16 bytes. */
const sslv2 = hex(`801f 01 0301 0006 0000 0010 00002f 00000a ${"ab".repeat(16)}`);

function hello(bytes: Uint8Array): ClientHello {
  const outcome = parse(bytes);
  assert.ok(outcome.kind === "match");
  return outcome.value;
}

describe("tls", () => {
  test("a current client requests a name, protocols and the highest version", () => {
    const { sni, alpn, version, legacyVersion, whole } = hello(chromium);
    assert.deepEqual(
      { sni, alpn, legacyVersion, whole },
      {
        sni: "decoy.example",
        alpn: ["h2", "http/1.1"],
        legacyVersion: 0x0303,
        whole: true,
      },
    );
    assert.equal(versionName(version), "TLS 1.3");
  });

  test("a ClientHello without a server name or newer versions is read as such", () => {
    assert.equal(hello(nameless).sni, undefined);
    assert.equal(versionName(hello(tls12).version), "TLS 1.2");
    assert.deepEqual(hello(tls12).supportedVersions, []);
  });

  test("the lists are in wire order with their GREASE", () => {
    const { cipherSuites, signatureAlgorithms, pointFormats, supportedGroups } = hello(curl);
    assert.deepEqual(cipherSuites.slice(0, 3), [0x1302, 0x1303, 0x1301]);
    assert.deepEqual(signatureAlgorithms.slice(0, 3), [0x0403, 0x0503, 0x0603]);
    assert.deepEqual(pointFormats, [0, 1, 2]);
    assert.equal(supportedGroups[0], 0x001d);
    assert.equal((hello(chromium).cipherSuites[0] ?? 0) & 0x0f0f, 0x0a0a);
  });

  test("a ClientHello that spans several records is joined", () => {
    const { sni, alpn, whole } = hello(severalRecords);
    assert.equal(sni, "split.example");
    assert.equal(alpn.length, 22);
    assert.equal(alpn.at(-1), "made-up-protocol-19");
    assert.equal(whole, true);
  });

  test("a ClientHello in any records is read the same", () => {
    const message = chromium.subarray(5);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const records: Uint8Array[] = [];
        for (let at = 0, index = 0; at < message.length; index++) {
          const fragment = message.subarray(at, at + (sizes[index % sizes.length] ?? 1));
          records.push(Uint8Array.of(0x16, 3, 1, fragment.length >> 8, fragment.length & 0xff), fragment);
          at += fragment.length;
        }
        const joinedRecords = joined(...records);
        // With one byte per record it is longer than the bytes that are read.
        if (joinedRecords.length <= 16_384) assert.deepEqual(parse(joinedRecords), parse(chromium));
      }),
      { numRuns: 50 },
    );
  });

  test("the name is known once it has arrived", () => {
    const end = Buffer.from(chromium).indexOf("decoy.example") + "decoy.example".length;
    const cut = parse(chromium.subarray(0, end));
    assert.ok(cut.kind === "match" && !cut.complete);
    assert.equal(cut.value.sni, "decoy.example");
    const earlier = parse(chromium.subarray(0, end - 1));
    assert.ok(earlier.kind === "match" && earlier.value.sni === undefined);
  });

  test("data that follows the ClientHello changes nothing", () => {
    assert.deepEqual(parse(joined(chromium, hex("1403030001 01"))), parse(chromium));
  });

  test("a contradictory ClientHello is TLS that no further byte completes", () => {
    const broken = Uint8Array.from(tls12);
    broken[43] = 0xff; // a session id longer than the message
    const outcome = parse(broken);
    assert.ok(outcome.kind === "match" && outcome.complete && !outcome.value.whole);
  });

  test("another record inside the handshake message ends it", () => {
    const [first, rest] = [severalRecords.subarray(0, 517), severalRecords.subarray(517)];
    const broken = parse(joined(first, hex("15"), rest.subarray(1)));
    assert.ok(broken.kind === "match" && broken.complete && !broken.value.whole);
  });

  test("the ClientHello of SSL 2.0 is recognised", () => {
    const { format, version, cipherSuites } = hello(sslv2);
    assert.deepEqual(
      { format, version, cipherSuites },
      {
        format: "sslv2",
        version: 0x0301,
        cipherSuites: [0x2f, 0x0a],
      },
    );
  });

  test("a ServerHello, an alert and other protocols are not TLS clients", () => {
    for (const other of ["1603030031020000", "1503030002 0228", "160203002802", "80000028 72fe1d13", "474554202f"]) {
      assert.equal(parse(hex(other)).kind, "mismatch", other);
    }
  });

  parserProperties(knownFacts(parse, ["version", "legacyVersion", "whole"]), {
    valid: [chromium, node, curl, severalRecords, tls12, nameless, python, sslv2, nmap, nmapSsl],
    runs: 100,
  });
});

describe("records with unusual versions", () => {
  // RFC 8446 section 5.1: the version of a record must be ignored.
  for (const version of [0x0000, 0x0200, 0x0305, 0x03ff, 0x0500, 0x7f1c, 0xfefd, 0xffff]) {
    test(`a ClientHello in a record of version ${version.toString(16).padStart(4, "0")}`, () => {
      const ordinary = fixture(import.meta.url, "curl-openssl3.bin");
      const odd = ordinary.with(1, version >> 8).with(2, version & 0xff);
      assert.deepEqual(parse(odd), parse(ordinary));
      for (let length = 0; length < odd.length; length++)
        assert.notEqual(parse(odd.subarray(0, length)).kind, "mismatch");
    });
  }

  test("anything else in such a record is not TLS", () => {
    assert.equal(parse(hex("16 0500 0030 02 00002c 0303")).kind, "mismatch");
    assert.equal(parse(hex("16 0500 0030 01 00002c 1303")).kind, "mismatch");
    assert.equal(parse(Buffer.concat([hex("16 2020 2020"), Buffer.alloc(60, 0x20)])).kind, "mismatch");
  });
});

describe("a ClientHello of SSL 2.0", () => parserNeverThrows(parseSslv2, [sslv2]));
