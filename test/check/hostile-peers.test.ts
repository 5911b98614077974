import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, test } from "node:test";
import type { CheckResult } from "../../src/core/check.ts";
import { exposureCatalogue } from "../../src/outbound/check/exposure/catalogue.ts";
import { startTlsProtocols } from "../../src/outbound/probe/starttls/starttls.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { runCheck, talking } from "./run-check.ts";

/** Peers that send without end: every check ends by its time or byte limit, with bounded output. */

type Call = readonly [check: string, options?: Readonly<Record<string, string | boolean>>];

const calls: readonly Call[] = [
  ["port"],
  ["tls"],
  ["tls", { brief: true }],
  ["http", { "max-bytes": "20000" }],
  ["http", { tls: true }],
  ["cert"],
  ["service"],
  ["exposure"],
  ["kafka"],
  ["kafka", { tls: true }],
  ...startTlsProtocols.map((protocol): Call => ["cert", { starttls: protocol }]),
  ...exposureCatalogue.map(({ name }): Call => ["exposure", { service: name }]),
];

async function callAll(port: number, timeoutMs: number): Promise<readonly (readonly [Call, CheckResult])[]> {
  using folder = temporaryFolder();
  const answers: (readonly [Call, CheckResult])[] = [];
  const queue = [...calls];
  const worker = async () => {
    for (let call = queue.shift(); call !== undefined; call = queue.shift()) {
      const [name, options = {}] = call;
      answers.push([call, await runCheck(name, port, { directory: folder.path, timeoutMs, options })]);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return answers;
}

function expectBounded(answers: readonly (readonly [Call, CheckResult])[], isHttp = false): void {
  assert.equal(answers.length, calls.length);
  for (const [[name, options], result] of answers) {
    const context = `${name} ${JSON.stringify(options)} ${result.output.slice(0, 300)}`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the question
    assert.doesNotMatch(result.output, /[\x00-\x08\x0b-\x1f\x7f]/, context);
    assert.ok(JSON.stringify(result).length < 100_000, context);
    const answers = name === "port" || (name === "http" && isHttp && options?.["tls"] !== true);
    const recognises = name === "service" && isHttp;
    if (!recognises) assert.equal(result.passed, answers, context);
    if (name === "exposure") assert.notEqual(result.verdict, "exposed", context);
  }
}

/** Sends `text` one byte at a time, then its last byte without end. */
function dripping(text: string) {
  return talking((socket) => {
    socket.resume();
    let at = 0;
    const timer = setInterval(() => {
      socket.write(Buffer.from(text.charAt(Math.min(at++, text.length - 1)), "latin1"));
    }, 30);
    socket.on("close", () => clearInterval(timer));
  });
}

/** Sends `start`, and then `more` as fast as it is read. */
function flooding(start: string, more: string) {
  const chunk = Buffer.from(more.repeat(Math.ceil(16_384 / more.length)), "latin1");
  return talking((socket: Socket) => {
    socket.resume();
    socket.write(start, "latin1");
    const pour = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on("drain", pour);
    pour();
  });
}

describe("a tarpit that sends a byte from time to time", { concurrency: 5 }, () => {
  for (const [title, text] of [
    ["bytes of no protocol", "\x00"],
    ["an endless greeting of a mail server", "220-"],
    ["the beginning of a TLS record", "\x16\x03\x03\x40\x00\x02"],
    ["a header that never ends", "HTTP/1.1 200 OK\r\nX-Header: a"],
    ["a Kafka answer that announces much", "\x00\x00\xff\x00\x00\x00\x00\x01\x00"],
  ] as const) {
    test(title, async () => {
      await using server = await dripping(text);
      expectBounded(await callAll(server.port, 700));
    });
  }
});

describe("an endless stream", { concurrency: 1 }, () => {
  for (const [title, start, more] of [
    ["of zeros", "", "\x00"],
    ["of lines", "220-", "220-hello\r\n"],
    ["of escape sequences", "SSH-2.0-", "\x1b[2J\x07"],
    ["of one line", "+OK ", "a"],
    ["of TLS handshake records", "", `\x16\x03\x03\x40\x00\x0b\x00\x3f\xfc${"\x00".repeat(16_380)}`],
    ["of headers", "HTTP/1.1 200 OK\r\n", "X-Header: value\r\n"],
  ] as const) {
    test(title, async () => {
      await using server = await flooding(start, more);
      expectBounded(await callAll(server.port, 3000));
    });
  }

  for (const [title, start, more] of [
    ["of an HTTP body", "HTTP/1.1 200 OK\r\n\r\n", "<p>all your data</p>"],
    ["of chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n"],
  ] as const) {
    test(title, async () => {
      await using server = await flooding(start, more);
      expectBounded(await callAll(server.port, 3000), true);
    });
  }
});
