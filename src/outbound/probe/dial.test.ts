import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { Deadline } from "./deadline.ts";
import { dial, resolveHost } from "./dial.ts";

const never = new AbortController().signal;

async function serve(talk: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    talk(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return {
    port: bound.port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function connected(port: number, deadline: Deadline, byteLimit?: number) {
  const dialed = await dial({ host: "127.0.0.1", port }, deadline, { byteLimit });
  if (dialed.kind !== "connected") throw new Error(dialed.reason);
  return dialed.connection;
}

test("a message is read whole, and further bytes stay for the next read", async () => {
  await using server = await serve((socket) => {
    socket.write("one\ntw");
    socket.once("data", () => socket.end("o\nrest"));
  });
  using deadline = new Deadline(5000, never);
  using connection = await connected(server.port, deadline);
  const line = () => connection.readUntil((bytes) => (bytes.includes(10) ? bytes.indexOf(10) + 1 : undefined));
  const first = await line();
  assert.equal(first.bytes.toString(), "one\n");
  connection.write("go");
  assert.equal((await line()).bytes.toString(), "two\n");
  const last = await line();
  assert.deepEqual([last.kind, last.bytes.toString()], ["ended", "rest"]);
});

test("a peer that sends without end is cut at the limit", async () => {
  await using server = await serve((socket) => {
    const more = () => {
      while (socket.write("x".repeat(1000)));
    };
    socket.on("drain", more);
    more();
  });
  using deadline = new Deadline(5000, never);
  using connection = await connected(server.port, deadline, 5000);
  const outcome = await connection.readUntil(() => undefined);
  assert.deepEqual([outcome.kind, outcome.bytes.length], ["too-much", 5000]);
});

test("a read that times out does not end the connection", async () => {
  await using server = await serve((socket) => {
    socket.once("data", () => socket.write("late"));
  });
  using deadline = new Deadline(5000, never);
  using connection = await connected(server.port, deadline);
  assert.equal((await connection.read(30)).kind, "timed-out");
  connection.write("go");
  assert.equal((await connection.read()).bytes.toString(), "late");
});

test("the deadline ends a read, and so does an abort", async () => {
  await using server = await serve(() => {});
  using short = new Deadline(30, never);
  using first = await connected(server.port, short);
  assert.equal((await first.read()).kind, "timed-out");
  const controller = new AbortController();
  using long = new Deadline(60_000, controller.signal);
  using second = await connected(server.port, long);
  const reading = second.read();
  controller.abort();
  assert.equal((await reading).kind, "timed-out");
  assert.equal((await dial({ host: "127.0.0.1", port: server.port }, long)).kind, "filtered");
});

test("a reset is reported as a reset", async () => {
  await using server = await serve((socket) => socket.once("data", () => socket.resetAndDestroy()));
  using deadline = new Deadline(5000, never);
  using connection = await connected(server.port, deadline);
  connection.write("go");
  const outcome = await connection.read();
  assert.ok(outcome.kind === "reset" || outcome.kind === "ended", outcome.kind);
});

test("a refused connection is closed, and an invalid name is unresolved", async () => {
  const server = await serve(() => {});
  const { port } = server;
  await server[Symbol.asyncDispose]();
  using deadline = new Deadline(5000, never);
  assert.equal((await dial({ host: "127.0.0.1", port }, deadline)).kind, "closed");
  for (const host of ["a b", "x;y", "", "$(reboot)", "host/../"]) {
    assert.equal((await resolveHost(host, deadline)).kind, "unresolved", host);
  }
});

test("an unknown zone is a local error", async () => {
  using deadline = new Deadline(5000, never);
  const outcome = await dial({ host: "fe80::1%nosuchzone", port: 80 }, deadline);
  assert.equal(outcome.kind, "local-error");
});

test("many deadlines of one signal leave no listeners", () => {
  const controller = new AbortController();
  for (let count = 0; count < 100; count++) {
    using deadline = new Deadline(1000, controller.signal);
    using part = deadline.part(10);
    assert.ok(!part.isOver);
  }
  controller.abort();
});
