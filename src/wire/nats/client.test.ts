import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse, parseConnect, parseExpected } from "./client.ts";

const connect = fixture(import.meta.url, "nats-js-connect.bin");

describe("nats", () => {
  test("CONNECT contains the user and the client, but no password", () => {
    assert.deepEqual(
      parse(connect),
      match({ command: "CONNECT", user: "alice", name: "inventory", language: "nats.js", version: "2.29.3" }),
    );
  });

  test("a subscription shows its subject", () => {
    assert.deepEqual(parse(text("SUB orders.> 1\r\n")), match({ command: "SUB", subject: "orders.>" }));
    assert.deepEqual(parse(text("PING\r\nPUB a 5\r\nhello\r\n")), match({ command: "PUB", subject: "a" }));
  });

  test("PING alone may be Redis", () => {
    assert.equal(parse(text("PING\r\n")).kind, "incomplete");
  });

  test("an unfinished subscription is incomplete, also if NATS is expected", () => {
    for (const start of ["SUB", "SUB ", "SUB orders"]) {
      assert.equal(parse(text(start)).kind, "incomplete", start);
      assert.equal(parseExpected(text(start)).kind, "incomplete", start);
    }
    assert.equal(parseExpected(text("SUB \r\n")).kind, "mismatch");
  });

  test("HTTP, STOMP and broken JSON are something else", () => {
    for (const lines of [
      "CONNECT example.org:443 HTTP/1.1\r\n",
      "CONNECT exa",
      "CONNECT\naccept-version:1.2\n\n\0",
      'CONNECT {"user":\r\n',
      `CONNECT ${"[".repeat(2000)}\r\n`,
    ]) {
      assert.equal(parse(text(lines)).kind, "mismatch", lines);
    }
  });

  parserProperties(parse, {
    valid: [text("SUB orders.> 1\r\n"), text('CONNECT {"lang":"go"}\r\n')],
    streams: [connect],
  });
});

describe("nats, on a port where it is expected", () =>
  parserProperties(parseExpected, {
    valid: [text("SUB orders.> 1\r\n"), text('CONNECT {"lang":"go"}\r\n')],
    streams: [connect],
  }));

describe("nats with CONNECT", () =>
  parserProperties(parseConnect, { valid: [text('CONNECT {"lang":"go"}\r\n')], streams: [connect] }));
