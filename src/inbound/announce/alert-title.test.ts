import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { address, at, connection, hour, linkoping, minute, second } from "../../../test/alert/samples.ts";
import type { Identification } from "../../core/identification.ts";
import { identify } from "../../wire/identify.ts";
import type { Burst } from "../alert/burst.ts";
import type { Digest } from "../alert/digest.ts";
import { alertTitle } from "./alert-title.ts";
import { connectionSummary } from "./connection-summary.ts";
import { durationText } from "./duration-text.ts";

const settings = { includeCity: true };

function brief(payload: string | Uint8Array, more: Partial<Identification> = {}): string {
  const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
  return connectionSummary(connection(bytes, { ...identify(bytes), ...more }));
}

function rdpRequest(user: string): Buffer {
  const cookie = Buffer.from(`Cookie: mstshash=${user}\r\n`);
  const head = Buffer.from([3, 0, 0, 11 + cookie.length, 6 + cookie.length, 0xe0, 0, 0, 0, 0, 0]);
  return Buffer.concat([head, cookie]);
}

const hello = readFileSync(path.join(import.meta.dirname, "../../wire/tls/fixtures/curl-openssl3.bin"));

describe("a connection in brief", () => {
  test("is the most specific thing that the client sent", () => {
    assert.equal(brief("GET /admin HTTP/1.1\r\nHost: a\r\n\r\n"), "GET /admin");
    assert.equal(brief("SSH-2.0-Go\r\n"), "SSH-2.0-Go");
    assert.equal(brief(hello), "TLS SNI decoy.example");
    assert.equal(brief(hello, { tls: { version: "TLS 1.3", alpn: [] } }), "TLS");
    assert.equal(brief(rdpRequest("administr")), "RDP user administr");
    assert.equal(brief("*3\r\n$6\r\nCONFIG\r\n$3\r\nGET\r\n$3\r\ndir\r\n"), "Redis CONFIG GET dir");
    assert.equal(brief("USER anonymous\r\n"), "FTP user anonymous");
    assert.equal(brief("stats items\r\n"), "Memcached stats items");
    assert.equal(brief("@RSYNCD: 32.0\nbackup\n"), "rsync backup");
  });

  test("is the name of the protocol if the client sent no more, and a summary of its bytes if the protocol is unknown", () => {
    assert.equal(brief("RFB 003.008\n"), "VNC");
    assert.equal(brief(""), "no data");
    assert.equal(brief("hello there\n\n"), '"hello there"');
    assert.equal(brief(Uint8Array.of(1, 2, 3, 255, 254)), "unknown protocol, 5 bytes");
    assert.equal(brief(Uint8Array.of(250)), "unknown protocol, 1 byte");
  });

  test("names the scanner", () => {
    assert.equal(brief("GET / HTTP/1.0\r\n\r\n", { scanner: "nmap" }), "GET /, nmap");
  });

  test("is one safe line of a few words, whatever a client sends", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: "binary", maxLength: 300 }).map((text) => Buffer.from(text)),
      fc.string({ unit: "binary", maxLength: 300 }).map((text) => Buffer.from(`GET /${text} HTTP/1.1\r\n\r\n`)),
      fc.string({ unit: "binary", maxLength: 300 }).map((text) => Buffer.from(`SSH-2.0-${text}\r\n`)),
    );
    fc.assert(
      fc.property(bytes, (payload) => {
        const shown = brief(payload);
        assert.ok(shown.length > 0 && shown.length <= 90, shown);
        assert.match(shown, /^[^\p{Cc}\u202a-\u202e\u2066-\u2069]*$/u);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the title of an alert", () => {
  const ssh = connection("SSH-2.0-Go\r\n", identify(Buffer.from("SSH-2.0-Go\r\n")));

  test("names the peer and the port, with the place if it is known and wanted", () => {
    const alert = { kind: "connection", connection: ssh, suppressedBefore: 0 } as const;
    const words = "knocked on port 1417 (SSH-2.0-Go)";
    assert.equal(alertTitle({ ...alert, origin: {} }, settings), `89.160.20.112 ${words}`);
    assert.equal(alertTitle({ ...alert, origin: linkoping }, settings), `SE Linköping 89.160.20.112 ${words}`);
    const country = alertTitle({ ...alert, origin: linkoping }, { includeCity: false });
    assert.equal(country, `SE Sweden 89.160.20.112 ${words}`);
  });

  test("of a summary has the number of further connections, and as many ports as fit", () => {
    const burst: Burst = {
      address: address("192.0.2.7"),
      connections: 7,
      firstAt: at,
      lastAt: at + minute,
      ports: [1417],
      morePorts: false,
      protocols: [],
    };
    const title = (more: Partial<Burst>) =>
      alertTitle({ kind: "summary", burst: { ...burst, ...more }, origin: {} }, settings);
    assert.equal(title({}), "7 more connections from 192.0.2.7 on port 1417");
    assert.equal(title({ connections: 1 }), "1 more connection from 192.0.2.7 on port 1417");
    assert.equal(title({ ports: [22, 80, 81] }), "7 more connections from 192.0.2.7 on ports 22,80-81");
    assert.equal(title({ ports: [1, 3, 5, 7, 9] }), "7 more connections from 192.0.2.7 on 5 ports");
    assert.equal(title({ ports: [1, 3], morePorts: true }), "7 more connections from 192.0.2.7 on more than 2 ports");
  });

  test("of a digest has the number of addresses, the rate, and the most frequent port", () => {
    const digest: Digest = {
      connections: 40,
      firstAt: at,
      lastAt: at + 10 * minute,
      addresses: 23,
      moreAddresses: false,
      topAddresses: [{ address: address("192.0.2.7"), countryCode: "SE", connections: 9 }],
      ports: 3,
      topPorts: [{ port: 22, connections: 30 }],
      protocols: [],
      topCountries: [],
      countries: 0,
    };
    const title = (more: Partial<Digest>) => alertTitle({ kind: "digest", digest: { ...digest, ...more } }, settings);
    assert.equal(title({}), "23 addresses knocked in 10 minutes (most: port 22)");
    assert.equal(title({ ports: 1 }), "23 addresses knocked in 10 minutes on port 22");
    assert.equal(title({ moreAddresses: true }), "More than 23 addresses knocked in 10 minutes (most: port 22)");
    assert.equal(title({ addresses: 1 }), "SE 192.0.2.7 knocked 40 times in 10 minutes (most: port 22)");
    assert.equal(title({ addresses: 1, connections: 1, ports: 1 }), "SE 192.0.2.7 knocked once on port 22");
  });
});

test("a length of time is shown in the unit that fits", () => {
  const spans = [0, 999, 45 * second, 119 * second, 10 * minute, 3 * hour, 50 * hour, Number.NaN, -1];
  assert.deepEqual(spans.map(durationText), [
    "within a second",
    "within a second",
    "in 45 seconds",
    "in 119 seconds",
    "in 10 minutes",
    "in 3 hours",
    "in 2 days",
    "within a second",
    "within a second",
  ]);
});
