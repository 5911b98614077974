import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse, parseExpected } from "./client.ts";

describe("smtp", () => {
  test("EHLO shows the name that the client gives itself", () => {
    assert.deepEqual(parse(text("EHLO mail.example.org\r\n")), match({ command: "EHLO", name: "mail.example.org" }));
    assert.deepEqual(parse(text("helo\r\n")), match({ command: "HELO" }));
  });

  test("a client that does not wait shows sender and recipient", () => {
    assert.deepEqual(
      parse(text("HELO x\r\nMAIL FROM:<a@example.org> SIZE=10\r\nRCPT TO: <b@example.org>\r\nDATA\r\n")),
      match({ command: "HELO", name: "x", from: "a@example.org", to: "b@example.org" }),
    );
  });

  test("AUTH shows its mechanism, but not the secret", () => {
    assert.deepEqual(
      parse(text("AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n")),
      match({ command: "AUTH", mechanism: "PLAIN" }),
    );
  });

  test("lines of FTP, Redis, IMAP and HTTP are something else", () => {
    for (const line of [
      "AUTH TLS\r\n",
      "AUTH hunter2\r\n",
      "STARTTLS\r\n",
      "a1 STARTTLS\r\n",
      "MAIL / HTTP/1.1\r\n",
      "HELP\r\n",
    ]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
    }
  });

  parserProperties(parse, {
    valid: [text("EHLO mail.example.org\r\n"), text("MAIL FROM:<>\r\n")],
    streams: [text("HELO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\n")],
  });
});

describe("smtp, on a port where it is expected", () =>
  parserProperties(parseExpected, {
    valid: [text("EHLO mail.example.org\r\n"), text("MAIL FROM:<>\r\n")],
    streams: [text("HELO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\n")],
  }));
