import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parse, readReply } from "./parse.ts";

describe("parse", () =>
  parserProperties(parse, {
    valid: [],
    streams: serverAnswers.parseGreeting,
    runs: 60,
  }));

describe("readReply", () =>
  parserProperties(readReply, {
    valid: [],
    streams: serverAnswers.readReply,
    runs: 60,
  }));

function greeting(content: string) {
  const outcome = parse(text(content));
  assert.ok(outcome.kind === "match", content);
  const { protocol, product, version } = outcome.value;
  return [protocol, product, version];
}

test("greetings contain product and version", () => {
  assert.deepEqual(greeting("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"), ["ssh", "OpenSSH", "9.2p1"]);
  assert.deepEqual(greeting("Exceeded MaxStartups\r\n"), ["ssh", "OpenSSH", undefined]);
  assert.deepEqual(greeting("SSH-2.0-dropbear_2022.83\r\n"), ["ssh", "dropbear", "2022.83"]);
  assert.deepEqual(greeting("SSH-2.0-Cisco-1.25\r\n"), ["ssh", "Cisco", "1.25"]);
  assert.deepEqual(greeting("220 (vsFTPd 3.0.3)\r\n"), ["ftp", "vsFTPd", "3.0.3"]);
  assert.deepEqual(greeting("220 ProFTPD 1.3.8 Server (Debian)\r\n"), ["ftp", "ProFTPD", "1.3.8"]);
  assert.deepEqual(greeting("220 mx.example.org ESMTP Exim 4.96 Mon\r\n"), ["smtp", "Exim", "4.96"]);
  assert.deepEqual(greeting("220 mx.example.org ESMTP Postfix (Debian/GNU)\r\n"), ["smtp", "Postfix", undefined]);
  assert.deepEqual(greeting("220 hello\r\n"), ["reply", undefined, undefined]);
  assert.deepEqual(greeting("554 5.7.1 <a[10.0.0.9]>: Client host rejected\r\n"), ["smtp", undefined, undefined]);
  assert.deepEqual(greeting("421 4.3.2 Too busy\r\n"), ["smtp", undefined, undefined]);
  assert.deepEqual(greeting("421 Too many users\r\n"), ["reply", undefined, undefined]);
  assert.deepEqual(greeting("220-first\r\n220-ftp of old\r\n220 ready\r\n"), ["ftp", undefined, undefined]);
});
