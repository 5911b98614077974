import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "../../../wire/tls/client.ts";
import { cipherSuites, cipherSuites13 } from "./cipher-suites.ts";
import { clientHello, tlsVersions } from "./client-hello.ts";
import { readServerHello } from "./server-hello.ts";

const random = Buffer.alloc(32, 7);

test("a hello contains the given offer, with one version", () => {
  for (const [version, name] of tlsVersions) {
    if (version === 0x0300) continue;
    const suites = (version === 0x0304 ? cipherSuites13 : cipherSuites).map(([code]) => code);
    const bytes = clientHello({ version, cipherSuites: suites, serverName: "host.test", random, keyShare: random });
    const parsed = parse(bytes);
    assert.equal(parsed.kind, "match", name);
    if (parsed.kind !== "match") continue;
    assert.equal(parsed.value.version, version, name);
    assert.equal(parsed.value.sni, "host.test");
    assert.deepEqual(parsed.value.cipherSuites, [...suites, 0x00ff]);
    assert.ok(parsed.complete);
  }
});

function serverHello(version: number, suite: number, extensions = ""): Buffer {
  const body = `${version.toString(16).padStart(4, "0")}${"11".repeat(32)}00${suite.toString(16).padStart(4, "0")}00${extensions}`;
  const length = body.length / 2;
  return Buffer.from(`160303${hex16(length + 4)}0200${hex16(length)}${body}`, "hex");
}

const hex16 = (value: number) => value.toString(16).padStart(4, "0");

test("an answer contains version and suite, an alert is TLS, anything else is not", () => {
  assert.deepEqual(readServerHello(serverHello(0x0303, 0xc02f)), {
    kind: "hello",
    version: 0x0303,
    cipherSuite: 0xc02f,
  });
  const with13 = serverHello(0x0303, 0x1301, "0006002b00020304");
  assert.deepEqual(readServerHello(with13), { kind: "hello", version: 0x0304, cipherSuite: 0x1301 });
  assert.deepEqual(readServerHello(Buffer.from("15030100020246", "hex")), { kind: "alert", description: 0x46 });
  for (const text of [
    "HTTP/1.1 400",
    "SSH-2.0-x",
    "\x16\x02\x00",
    "\x15\x03\x01\x00\x09",
    "\x16\x03\x01\x00\x04\x0e",
  ]) {
    assert.deepEqual(readServerHello(Buffer.from(text, "latin1")), { kind: "other" }, text);
  }
});

test("any part of an answer is incomplete", () => {
  const whole = serverHello(0x0303, 0x1301, "0006002b00020304");
  for (let length = 0; length < whole.length; length++) {
    assert.deepEqual(readServerHello(whole.subarray(0, length)), { kind: "incomplete" }, String(length));
  }
});

test("any bytes are read without an exception", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .uint8Array({ maxLength: 120 })
      .map((tail) => Buffer.concat([Buffer.from("1603030064020000600303", "hex"), tail])),
  );
  fc.assert(
    fc.property(bytes, (input) => {
      assert.ok(["hello", "alert", "other", "incomplete"].includes(readServerHello(input).kind));
    }),
  );
});
