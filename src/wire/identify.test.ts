import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { hex, joined, text } from "../../test/wire/messages.ts";
import { protocolNames } from "../core/identification.ts";
import { identify } from "./identify.ts";
import { protocols } from "./protocols.ts";

/** First bytes of clients. `continued-*` files are later bytes, after the server's answer, for their parser only. */
const fixtures = globSync(path.join(import.meta.dirname, "*", "fixtures", "*.bin"))
  .filter((file) => !path.basename(file).startsWith("continued-"))
  .sort()
  .map((file) => ({
    name: path.relative(import.meta.dirname, file),
    folder: path.basename(path.dirname(path.dirname(file))),
    bytes: Uint8Array.from(readFileSync(file)),
  }));

describe("identify", () => {
  test("messages of real clients are identified", () => {
    assert.ok(fixtures.length > 20);
    const named = new Set(protocols.map(({ name }) => name));
    for (const { name, folder, bytes } of fixtures) {
      const expected = protocolNames.find((protocol) => protocol === folder);
      assert.ok(expected !== undefined && named.has(expected), `${name} is in no folder of a protocol`);
      assert.equal(identify(bytes).protocol, expected, name);
    }
  });

  test("a message cut short is never taken for another protocol", () => {
    for (const { name, folder, bytes } of fixtures) {
      for (let length = 1; length < Math.min(bytes.length, 2048); length++) {
        const { protocol, complete } = identify(bytes.subarray(0, length));
        assert.ok(protocol === folder || protocol === "unknown", `${name} cut to ${length} is ${protocol}`);
        if (protocol === "unknown") assert.equal(complete, false, `${name} cut to ${length}`);
      }
    }
  });

  test("a weak match that a stronger protocol might still extend is the answer until more arrives", () => {
    // What rlpr sends first before it waits.
    const { protocol, complete, lpd } = identify(hex("02 6c70 0a"));
    assert.deepEqual([protocol, complete, lpd], ["lpd", false, { command: "receive-job", queue: "lp" }]);
  });

  test("no bytes are no protocol", () => {
    assert.deepEqual(identify(new Uint8Array(0)), { protocol: "none", complete: false });
  });

  test("bytes that nothing explains are summarised", () => {
    assert.deepEqual(identify(hex("f7".repeat(16))), {
      protocol: "unknown",
      complete: true,
      summary: { kind: "binary", preview: "f7".repeat(16) },
    });
  });

  test("too few bytes give the protocols that are still possible", () => {
    const found = identify(text("SSH"));
    assert.equal(found.protocol, "unknown");
    assert.equal(found.complete, false);
    assert.ok(found.candidates?.includes("ssh"));
  });

  test("after a PROXY header the client's own protocol is identified", () => {
    const proxied = identify(text("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert.equal(proxied.protocol, "http");
    assert.equal(proxied.http?.host, "a");
    assert.deepEqual(proxied.proxy?.source, { address: "192.0.2.1", port: 56324 });
    const alone = identify(text("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n"));
    assert.deepEqual({ protocol: alone.protocol, complete: alone.complete }, { protocol: "proxy", complete: false });
  });

  test("only one PROXY header is skipped", () => {
    const header = "PROXY UNKNOWN\r\n";
    assert.equal(identify(text(header.repeat(1000))).protocol, "proxy");
  });

  test("the JSON names are those of the contract", () => {
    const http = identify(text("GET /a HTTP/1.1\r\nHost: b\r\nUser-Agent: c\r\n\r\n"));
    assert.deepEqual(JSON.parse(JSON.stringify(http)), {
      protocol: "http",
      complete: true,
      http: { method: "GET", path: "/a", host: "b", userAgent: "c", version: "1.1" },
    });
    const tls = fixtures.find(({ name }) => name.endsWith("curl-openssl3.bin"));
    assert.deepEqual(Object.keys(identify(tls?.bytes ?? new Uint8Array(0)).tls ?? {}), [
      "version",
      "sni",
      "alpn",
      "ja3",
      "ja4",
    ]);
  });

  test("control characters from clients are removed", () => {
    const found = JSON.stringify(identify(text("GET /\x1b[2J HTTP/1.1\r\nUser-Agent: \x9b31m\x07\r\n\r\n")));
    assert.doesNotMatch(found, /\\u00|\x9b/);
  });

  test("bytes past the first 16 KiB change nothing", () => {
    const head = text(`GET /${"a".repeat(20_000)}`);
    assert.deepEqual(identify(joined(head, text(" HTTP/1.1\r\n\r\n"))), identify(head));
  });

  test("arbitrary bytes, and beginnings of messages with arbitrary bytes after them, never throw", () => {
    const known = fc.constantFrom(...fixtures.map(({ bytes }) => bytes));
    const property = fc.property(known, fc.nat(), fc.uint8Array({ maxLength: 200 }), (message, cut, tail) => {
      const { protocol } = identify(joined(message.subarray(0, cut % (message.length + 1)), tail));
      assert.ok(protocolNames.includes(protocol));
      assert.ok(protocolNames.includes(identify(tail).protocol));
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

describe("the registry", () => {
  test("the most likely protocol of a first byte is tried first", () => {
    const first = (byte: number): string | undefined => protocols.find((candidate) => candidate.firstBytes(byte))?.name;
    for (const method of ["GET", "POST", "HEAD", "OPTIONS", "CONNECT"])
      assert.equal(first(method.charCodeAt(0)), "http");
    assert.equal(first(0x16), "tls");
    assert.equal(first(0x03), "rdp");
  });

  test("every name except those without a protocol has a parser", () => {
    const parsed = new Set<string>(protocols.map(({ name }) => name));
    const without = protocolNames.filter((name) => !parsed.has(name));
    assert.deepEqual(without, ["none", "unknown"]);
  });

  test("a parser's first bytes include those of its own fixtures", () => {
    for (const { name, folder, bytes } of fixtures) {
      const own = protocols.filter((candidate) => candidate.name === folder);
      assert.ok(
        own.some((candidate) => candidate.firstBytes(bytes[0] ?? -1)),
        name,
      );
    }
  });
});

describe("an expected protocol", () => {
  const ambiguous = [
    ["USER bob\r\n", "ftp", "pop3"],
    ["USER bob\r\nPASS hunter2\r\n", "ftp", "pop3"],
    ["PING\r\n", "redis", "nats"],
    ["QUIT\r\n", "unknown", "ftp"],
    ["QUIT\r\n", "unknown", "smtp"],
    ["QUIT\r\n", "unknown", "pop3"],
    ["GET key\r\n", "unknown", "redis"],
    ["PASS secret\r\n", "unknown", "irc"],
    ["one LOGIN bob hunter2\r\n", "unknown", "imap"],
    ["HELP\r\n", "unknown", "smtp"],
  ] as const;
  for (const [line, without, expected] of ambiguous) {
    test(`makes ${JSON.stringify(line)} ${expected}, which is ${without} otherwise`, () => {
      assert.equal(identify(text(line)).protocol, without);
      const found = identify(text(line), expected);
      assert.equal(found.protocol, expected);
      assert.doesNotMatch(JSON.stringify(found), /hunter2|secret/);
    });
  }

  test("never overrides what the bytes prove", () => {
    for (const { name, folder, bytes } of fixtures) {
      // Their lines are also valid in other protocols.
      if (folder === "ftp" || folder === "memcached" || folder === "redis") continue;
      for (const expected of ["ftp", "imap", "irc", "nats", "pop3", "redis", "smtp"] as const)
        assert.equal(identify(bytes, expected).protocol, folder, `${name} where ${expected} is expected`);
    }
  });
});
