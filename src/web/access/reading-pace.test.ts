import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { describe, test } from "node:test";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { ReadingPace } from "./reading-pace.ts";

/** More than the system takes for a client that reads nothing. */
const muchBytes = 32 * 2 ** 20;

async function connectionPair() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const client = net.connect(address.port, "127.0.0.1");
  const [[accepted]] = (await Promise.all([once(server, "connection"), once(client, "connect")])) as [
    [net.Socket],
    unknown[],
  ];
  for (const socket of [client, accepted]) socket.on("error", () => {});
  const dispose = () => {
    client.destroy();
    accepted.destroy();
    server.close();
  };
  return { client, accepted, [Symbol.dispose]: dispose };
}

/** Reads until so many bytes have come in all. */
async function take(socket: net.Socket, bytes: number): Promise<void> {
  while (socket.bytesRead - socket.readableLength < bytes) {
    if (socket.read() === null) await once(socket, "readable");
  }
}

describe("a client", () => {
  test("that takes next to nothing of a long answer is disconnected at the second look", async () => {
    using pair = await connectionPair();
    const pace = new ReadingPace((socket) => socket.destroy());
    pace.add(pair.accepted);
    pair.accepted.write(Buffer.alloc(muchBytes));
    pace.look();
    assert.equal(pair.accepted.destroyed, false, "there was no time yet");
    pair.client.read(1);
    await nextTurn();
    pace.look();
    assert.equal(pair.accepted.destroyed, true);
  });

  test("that takes an answer slowly, but not too slowly, gets all of it", async () => {
    using pair = await connectionPair();
    const pace = new ReadingPace((socket) => socket.destroy());
    pace.add(pair.accepted);
    const piece = 64 * 1024;
    let sent = 0;
    const send = () => {
      while (sent < muchBytes && pair.accepted.writable) {
        sent += piece;
        if (!pair.accepted.write(Buffer.alloc(piece))) return;
      }
    };
    pair.accepted.on("drain", send);
    send();
    const onItsWay = () => pair.accepted.bytesWritten - pair.accepted.writableLength;
    const step = muchBytes / 4;
    for (let taken = step; taken <= muchBytes; taken += step) {
      const before = onItsWay();
      pace.look();
      assert.equal(pair.accepted.destroyed, false, `before ${taken} bytes`);
      await take(pair.client, taken);
      // The system tells the server in its own time that there is room again.
      while (onItsWay() < Math.min(before + step / 4, muchBytes)) await delay(5);
    }
  });

  test("to which nothing had to be sent stays, and so does one that has taken everything", async () => {
    using pair = await connectionPair();
    const pace = new ReadingPace((socket) => socket.destroy());
    pace.add(pair.accepted);
    pace.look();
    pace.look();
    pair.accepted.write("a heartbeat");
    pace.look();
    await take(pair.client, 11);
    pace.look();
    pace.look();
    assert.equal(pair.accepted.destroyed, false);
  });
});
