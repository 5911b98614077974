import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { talking } from "../../../../test/check/run-check.ts";
import { never } from "../../../../test/notify/channel-contract.ts";
import { acceptsAnySuccess } from "./acceptance.ts";
import { explainHttpFailure } from "./explain.ts";
import { type PostRequest, post } from "./request.ts";

async function postTo(answer: (socket: Socket) => void, more: Partial<PostRequest> = {}) {
  await using server = await talking((socket) => socket.once("data", () => answer(socket)));
  const url = new URL(`http://127.0.0.1:${server.port}/x`);
  return await post({ url, headers: {}, body: Buffer.from("{}"), signal: never(), timeoutMs: 60_000, ...more });
}

async function answeredTo(answer: (socket: Socket) => void) {
  const end = await postTo(answer);
  assert.ok(end.kind === "answered", JSON.stringify(end));
  return end;
}

const sends = (text: string | Buffer, headers = "") => {
  const body = Buffer.from(text);
  return (socket: Socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n`);
    socket.end(body);
  };
};

test("a truncated answer is not a success, and bytes after a complete one are not part of it", async () => {
  const cut = await answeredTo((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello"));
  assert.deepEqual([cut.text, cut.cut, acceptsAnySuccess(cut).kind], ["hello", "connection", "refused"]);
  const broken = await answeredTo((socket) =>
    socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nx"),
  );
  assert.equal(broken.cut, "connection");
  const longer = await answeredTo((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\nand more"));
  assert.deepEqual([longer.text, longer.cut, acceptsAnySuccess(longer).kind], ["ok", undefined, "accepted"]);
  const open = await answeredTo((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nok"));
  assert.deepEqual([open.text, open.cut], ["ok", undefined]);
});

test("a compressed answer is decompressed, as far as it is read", async () => {
  const page = "<!doctype html><html><body>Sign in</body></html>";
  for (const headers of ["", "Content-Encoding: gzip\r\n"]) {
    const packed = await answeredTo(sends(gzipSync(page), headers));
    assert.deepEqual([packed.text, acceptsAnySuccess(packed).kind], [page, "refused"]);
  }
  const bomb = await answeredTo(sends(gzipSync(Buffer.alloc(64 * 1024 * 1024))));
  assert.ok(bomb.text.length <= 256 * 1024);
  assert.equal((await answeredTo(sends(Buffer.from("1f8b08ff00", "hex")))).status, 200);
});

test("a request does not accept compression", async () => {
  let received = "";
  await using server = await talking((socket) =>
    socket.once("data", (bytes) => {
      received = String(bytes);
      sends("ok")(socket);
    }),
  );
  const url = new URL(`http://127.0.0.1:${server.port}/x`);
  await post({ url, headers: {}, body: Buffer.from("{}"), signal: never(), timeoutMs: 60_000 });
  assert.match(received, /^accept-encoding: identity\r$/m);
});

test("of an answer in one-byte chunks only a few are read", async () => {
  const end = await answeredTo((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const more = () => {
      while (!socket.destroyed && socket.write("1\r\na\r\n".repeat(5000)));
    };
    socket.on("drain", more);
    more();
  });
  assert.deepEqual([end.text.length, end.cut], [1024, "limit"]);
});

test("a success that arrives before the message is sent counts once it is sent", async () => {
  const body = Buffer.alloc(32 * 1024 * 1024, "x");
  const late = await postTo(
    (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      socket.resume();
    },
    { body },
  );
  assert.ok(late.kind === "answered" && late.cut === undefined, JSON.stringify(late).slice(0, 200));
  const never = await postTo(
    (socket) => {
      socket.pause();
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", () => setImmediate(() => socket.destroy()));
    },
    { body },
  );
  assert.ok(never.kind === "failed" && !never.uncertain, JSON.stringify(never).slice(0, 200));
  assert.match(
    explainHttpFailure(never.error, "http://a"),
    /^http:\/\/a (?:answered before it had|closed the connection)/,
  );
});

test("an offered protocol upgrade is not an answer, and not waited for", async () => {
  const end = await answeredTo((socket) =>
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
  );
  assert.equal(end.status, 101);
});
