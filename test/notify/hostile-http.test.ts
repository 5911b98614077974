import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { SendOutcome } from "../../src/core/delivery.ts";
import { requestToken } from "../../src/notify/channels/mail/smtp/oauth2/request-token.ts";
import { NtfyChannel } from "../../src/notify/channels/ntfy/ntfy-channel.ts";
import { type Webhook, WebhookChannel } from "../../src/notify/channels/webhook/webhook-channel.ts";
import { contractMessage, never } from "./channel-contract.ts";

/** Hostile servers of messages and access tokens: requests to them end in bounded time, and read little. */

const clock = { now: () => Date.UTC(2026, 0, 31) };
const timeoutMs = 400;
const megabyte = 1024 * 1024;

interface Behaviour {
  readonly answer: (socket: Socket) => void;
  /** There is an answer with a status; the part of it that is not read may be a success. */
  readonly hasStatus: boolean;
}

const ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const success = '{"id":"x","event":"message","access_token":"x","token_type":"Bearer"}';

const behaviours: Readonly<Record<string, Behaviour>> = {
  "a status line that drips": { hasStatus: false, answer: (socket) => drip(socket, `HTTP/1.1 ${"2".repeat(1000)}`) },
  "headers that drip": { hasStatus: false, answer: (socket) => drip(socket, `${ok}X-A: ${"a".repeat(1000)}`) },
  "a body that drips": {
    hasStatus: true,
    answer: (socket) => {
      socket.write(`${ok}Content-Length: 100000\r\n\r\n`);
      drip(socket, " ".repeat(1000));
    },
  },
  "headers of megabytes": { hasStatus: false, answer: (socket) => flood(socket, ok, `X-A: ${"a".repeat(1000)}\r\n`) },
  "provisional answers without end": {
    hasStatus: false,
    answer: (socket) => flood(socket, "", "HTTP/1.1 103 Early Hints\r\n\r\n"),
  },
  "empty lines without end": { hasStatus: false, answer: (socket) => flood(socket, "", "\r\n") },
  "trailers without end": {
    hasStatus: true,
    answer: (socket) => flood(socket, `${ok}Transfer-Encoding: chunked\r\n\r\n0\r\n`, `X-A: ${"a".repeat(1000)}\r\n`),
  },
  "a body of megabytes": { hasStatus: true, answer: (socket) => flood(socket, `${ok}\r\n`, "[".repeat(1000)) },
  "chunks of a byte": {
    hasStatus: true,
    answer: (socket) => flood(socket, `${ok}Transfer-Encoding: chunked\r\n\r\n`, "1\r\n[\r\n"),
  },
  "chunk extensions without end": {
    hasStatus: true,
    answer: (socket) => flood(socket, `${ok}Transfer-Encoding: chunked\r\n\r\n1;a`, "aaaa"),
  },
  "a gzip bomb": {
    hasStatus: true,
    answer: (socket) => {
      const bomb = gzipSync(Buffer.alloc(64 * megabyte));
      socket.write(`${ok}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
      socket.end(bomb);
    },
  },
  "a redirect to itself": {
    hasStatus: true,
    answer: (socket) => socket.end("HTTP/1.1 307 no\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
  },
  "a success that never ends": {
    hasStatus: true,
    answer: (socket) => socket.write(`${ok}Content-Length: 100000\r\n\r\n${success}`),
  },
  "silence, and nothing is read": { hasStatus: false, answer: (socket) => void socket.pause() },
  "a pause of a million years": {
    hasStatus: true,
    answer: (socket) => socket.end("HTTP/1.1 429 no\r\nRetry-After: 31536000000000\r\nContent-Length: 0\r\n\r\n"),
  },
};

function drip(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at >= text.length) clearInterval(timer);
    else socket.write(text.charAt(at++));
  }, 10);
}

function flood(socket: Socket, start: string, piece: string): void {
  const many = piece.repeat(Math.ceil(16_384 / piece.length));
  socket.write(start);
  const more = () => {
    while (!socket.destroyed && socket.write(many));
  };
  socket.on("drain", more);
  more();
}

async function hostile({ answer }: Behaviour) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {}).once("data", () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    get connections() {
      return connections;
    },
    get sent() {
      return [...sockets].reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, 0);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const webhook = (preset: Webhook["preset"]) => (url: string) =>
  new WebhookChannel({ webhook: { url: new URL("/a/b", url), preset, timeoutMs }, name: "r", clock }).send(
    contractMessage,
    "r",
    never(),
  );

const senders: Readonly<Record<string, (url: string) => Promise<SendOutcome>>> = {
  ntfy: (url) =>
    new NtfyChannel({ server: new URL(url), topic: "topic", timeoutMs, clock }).send(contractMessage, "topic", never()),
  generic: webhook("generic"),
  slack: webhook("slack"),
  discord: webhook("discord"),
  gotify: webhook("gotify"),
};

for (const [name, behaviour] of Object.entries(behaviours)) {
  describe(name, { concurrency: true }, () => {
    for (const [sender, send] of Object.entries(senders)) {
      test(`makes ${sender} retry the message`, async () => {
        await using server = await hostile(behaviour);
        const startedAt = performance.now();
        const outcome = await send(server.url);
        assert.ok(performance.now() - startedAt < 10_000);
        assert.equal(server.connections, 1);
        assert.ok(server.sent < 16 * megabyte, `${server.sent} bytes were taken`);
        assert.ok(JSON.stringify(outcome).length < 2000);
        // A generic webhook promises only a status of 200, and an answer that confirms the message is a success.
        const mayBeDelivered = behaviour.hasStatus && (sender === "generic" || name === "a success that never ends");
        if (!mayBeDelivered) assert.equal(outcome.kind, "retry", JSON.stringify(outcome));
        if (/^(?:provisional answers|empty lines)/.test(name))
          assert.match(JSON.stringify(outcome), /64 KiB without an answer/);
      });
    }

    test("is not an access token, and takes little memory", async () => {
      await using server = await hostile(behaviour);
      const settings = { tokenUrl: `${server.url}/token`, clientId: "me", user: "me@example.org" };
      const end = await requestToken({
        settings: settings as Parameters<typeof requestToken>[0]["settings"],
        refreshToken: "r",
        signal: never(),
        timeoutMs,
        now: clock.now(),
      });
      assert.equal(server.connections, 1);
      assert.ok(server.sent < 16 * megabyte, `${server.sent} bytes were taken`);
      assert.ok(JSON.stringify(end).length < 3000);
      if (name !== "a success that never ends") assert.equal(end.kind, "failed");
    });
  });
}
