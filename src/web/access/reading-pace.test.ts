import assert from "node:assert/strict";
import net from "node:net";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type ConnectionPair, connectionPair } from "../../../test/harness/connection-pair.ts";
import { queueName, sendQueues } from "../../platform/send-queues.ts";
import { ReadingPace } from "./reading-pace.ts";

/** More than the systems on both sides take for a client that reads nothing. */
const muchBytes = 48 * 2 ** 20;
const lookSeconds = 10;
/** The slowest client of these tests that keeps its answer. */
const keptBytesPerSecond = 5 * 1024;
/** Looks without progress after which a client that reads fast enough is waited for: fewer than end its connection. */
const stillLooks = 4;

/**
 * A client that reads no more than it is told to, and in small pieces: for one that reads much at once, the system enlarges its buffer.
 */
async function slowReader() {
  let bytes = 0;
  let wake = () => {};
  const callback = (read: number) => {
    bytes += read;
    wake();
    return false;
  };
  const pair = await connectionPair({ buffer: Buffer.alloc(16 * 1024), callback });
  /** Reads until so many bytes have come in all, or a few more. */
  const take = async (count: number): Promise<void> => {
    while (bytes < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      pair.client.resume();
      await promise;
      await delay(1);
    }
  };
  pair.client.pause();
  return { ...pair, take, [Symbol.dispose]: () => pair[Symbol.dispose]() };
}

/** Writes pieces as the client takes them, as an export does, or all at once, as a list does. */
function sendMuch({ accepted }: Pick<ConnectionPair, "accepted">, isAtOnce = false): void {
  if (isAtOnce) {
    accepted.write(Buffer.alloc(muchBytes));
    return;
  }
  const piece = Buffer.alloc(64 * 1024);
  let left = muchBytes / piece.length;
  const send = () => {
    while (left > 0 && accepted.writable) {
      left -= 1;
      if (!accepted.write(piece)) return;
    }
  };
  accepted.on("drain", send);
  send();
}

interface Reader {
  readonly bytesPerSecond: number;
  readonly seconds: number;
  /** Whether the system tells what it holds for the client. */
  readonly areQueuesKnown: boolean;
  readonly isAtOnce?: boolean;
}

interface Look {
  readonly port: number;
  readonly areQueuesKnown: boolean;
  readonly ms: number;
}

async function look(pace: ReadingPace, { port, areQueuesKnown, ms }: Look): Promise<void> {
  pace.beginLook();
  pace.look(areQueuesKnown ? await sendQueues(port) : undefined, ms);
}

/** @returns after how many seconds the client was disconnected; `undefined`: it was not */
async function disconnectedAfter({
  bytesPerSecond,
  seconds,
  areQueuesKnown,
  isAtOnce,
}: Reader): Promise<number | undefined> {
  using pair = await slowReader();
  const pace = new ReadingPace((socket) => socket.destroy());
  pace.add(pair.accepted);
  sendMuch(pair, isAtOnce);
  const held = async () => [...((await sendQueues(pair.port)) ?? []), pair.accepted.writableLength].join(" ");
  let before = "";
  let looksBefore = 0;
  for (let passed = 0; passed < seconds; passed += lookSeconds) {
    await pair.take((passed + lookSeconds) * bytesPerSecond);
    // What the client has made room for moves on at once, on a busy machine later, though in less than the seconds that pass for the pace.
    await delay(2);
    if (bytesPerSecond >= keptBytesPerSecond)
      for (let waits = 0; looksBefore >= stillLooks && waits < 200 && (await held()) === before; waits++)
        await delay(5);
    const now = await held();
    looksBefore = now === before ? looksBefore + 1 : 0;
    before = now;
    await look(pace, { port: pair.port, areQueuesKnown, ms: lookSeconds * 1000 });
    if (pair.accepted.destroyed) return passed + lookSeconds;
  }
  return undefined;
}

const kinds = [
  { areQueuesKnown: true, name: "where the system tells what it holds", maxSeconds: { none: 140, slow: 240 } },
  { areQueuesKnown: false, name: "where it does not", maxSeconds: { none: 1200, slow: 1600 } },
] as const;

for (const { areQueuesKnown, name, maxSeconds } of kinds) {
  const skip = areQueuesKnown && process.platform !== "linux" && "reads /proc/net/tcp";
  describe(`a client, ${name}`, { skip }, () => {
    for (const isAtOnce of [false, true])
      for (const bytesPerSecond of [keptBytesPerSecond, 8 * 1024, 20 * 1024]) {
        const written = isAtOnce ? "at once" : "in pieces";
        test(`that takes ${bytesPerSecond / 1024} KiB per second keeps a long answer written ${written}`, async () => {
          const reader = { bytesPerSecond, seconds: 1200, areQueuesKnown, isAtOnce };
          assert.equal(await disconnectedAfter(reader), undefined);
        });
      }

    test("that takes 1 KiB per second is disconnected", async (t) => {
      const after = await disconnectedAfter({ bytesPerSecond: 1024, seconds: maxSeconds.slow, areQueuesKnown });
      t.diagnostic(`after ${after} s`);
      assert.ok(after !== undefined && after >= 60);
    });

    test("that takes nothing is disconnected, though not before a minute", async (t) => {
      const after = await disconnectedAfter({ bytesPerSecond: 0, seconds: maxSeconds.none, areQueuesKnown });
      t.diagnostic(`after ${after} s`);
      assert.ok(after !== undefined && after >= 60);
    });

    test("to which nothing had to be sent stays, and so does one that has taken everything", async () => {
      using pair = await slowReader();
      const pace = new ReadingPace((socket) => socket.destroy());
      const lookAtAll = () => look(pace, { port: pair.port, areQueuesKnown, ms: 3_600_000 });
      pace.add(pair.accepted);
      await lookAtAll();
      pair.accepted.write("a heartbeat");
      await lookAtAll();
      await pair.take(11);
      await lookAtAll();
      await lookAtAll();
      assert.equal(pair.accepted.destroyed, false);
    });
  });
}

test("a client is not blamed for what the system did not tell before", {
  skip: process.platform !== "linux",
}, async () => {
  using pair = await connectionPair();
  const pace = new ReadingPace((socket) => socket.destroy());
  pace.add(pair.accepted);
  sendMuch(pair);
  await delay(50);
  for (const areQueuesKnown of [false, true, false]) await look(pace, { port: pair.port, areQueuesKnown, ms: 1000 });
  assert.equal(pair.accepted.destroyed, false);
});

describe("a client is not blamed for a look at a table of the system", () => {
  /** Bytes that the client takes between two looks: more than it has to. */
  const takenBytes = 64 * 1024;
  const ms = 10_000;
  const queuedBytes = 8 * 2 ** 20;

  /** A connection on which the system has taken much more than the client, who is looked at as often as asked. */
  function readerOf(sent: { written: number }) {
    const ended: unknown[] = [];
    const pace = new ReadingPace((slow) => ended.push(slow));
    const socket = new net.Socket();
    Object.defineProperty(socket, "bytesWritten", { get: () => sent.written });
    pace.add(socket);
    return { ended, pace, name: queueName(socket) };
  }

  test("in which the program writes meanwhile", () => {
    const sent = { written: queuedBytes };
    const { ended, pace, name } = readerOf(sent);
    for (let taken = 0; taken < queuedBytes; taken += takenBytes) {
      pace.beginLook();
      const queues = new Map([[name, sent.written - taken]]);
      // A burst of megabytes, which is not repeated: what would count as taken by mistake is missing later.
      if (taken === 8 * takenBytes) sent.written += queuedBytes;
      pace.look(queues, ms);
    }
    assert.deepEqual(ended, []);
  });

  for (const [what, missingAt] of [
    ["is missing", 8 * takenBytes],
    ["is missing after it had taken everything", 0],
  ] as const)
    test(`in which its line ${what}`, () => {
      const sent = { written: 0 };
      const { ended, pace, name } = readerOf(sent);
      for (let looks = 0; looks < 3; looks += 1) {
        pace.beginLook();
        pace.look(new Map(), ms);
      }
      sent.written = 2 * queuedBytes;
      for (let taken = 0; taken < queuedBytes; taken += takenBytes) {
        pace.beginLook();
        pace.look(taken === missingAt ? new Map() : new Map([[name, sent.written - taken]]), ms);
      }
      assert.deepEqual(ended, []);
    });

  test("though it is for what it does not take, whatever is left out", () => {
    const sent = { written: queuedBytes };
    const { ended, pace, name } = readerOf(sent);
    for (let looks = 0; looks < 60 && ended.length === 0; looks += 1) {
      pace.beginLook();
      pace.look(looks % 3 === 2 ? new Map() : new Map([[name, queuedBytes]]), ms);
    }
    assert.equal(ended.length, 1);
  });
});

describe("how far a client lags behind", () => {
  const queuedBytes = 2 ** 20;

  /** @param reads bytes that the client takes in each second */
  function lagsOf(reads: readonly number[], waiting = queuedBytes): number[] {
    const pace = new ReadingPace(() => {});
    const socket = new net.Socket();
    Object.defineProperty(socket, "bytesWritten", { value: waiting });
    pace.add(socket);
    let left = waiting;
    return [0, 0, ...reads].map((bytes) => {
      left -= bytes;
      pace.beginLook();
      pace.look(new Map(left > 0 ? [[queueName(socket), left]] : []), 1000);
      return Math.round(pace.laggingMs(socket) / 100) / 10;
    });
  }

  test("is the time for which it has read nothing", () => {
    assert.deepEqual(lagsOf([0, 0, 0]), [0, 1, 2, 3, 4]);
  });

  test("is nothing for one that reads fast enough, or for which nothing waits", () => {
    assert.deepEqual(new Set(lagsOf(Array.from({ length: 30 }, () => 8192))), new Set([0, 1]));
    assert.deepEqual(new Set(lagsOf([0, 0, 0], 0)), new Set([0]));
  });

  test("counts after ten seconds for one that has read much, and then reads nothing", () => {
    const lags = lagsOf([queuedBytes / 2, ...Array.from({ length: 20 }, () => 0)]);
    assert.deepEqual(
      lags.slice(2, 13),
      Array.from({ length: 11 }, () => 0),
    );
    assert.deepEqual(lags.slice(18, 21), [6, 7, 8]);
  });
});

test("what waits for all clients together is bounded: those with the most are ended", async () => {
  using small = await connectionPair();
  using large = await connectionPair();
  using largest = await connectionPair();
  using none = await connectionPair();
  const ended: unknown[] = [];
  const pace = new ReadingPace((socket) => {
    ended.push(socket);
    socket.destroy();
  });
  // The systems on both sides take some of it, each time as much as they like.
  for (const [{ accepted }, bytes] of [
    [small, muchBytes],
    [large, 2 * muchBytes],
    [largest, 3 * muchBytes],
    [none, 0],
  ] as const) {
    accepted.write(Buffer.alloc(bytes));
    pace.add(accepted);
  }
  pace.keepWithin(6 * muchBytes);
  assert.deepEqual(ended, []);
  pace.keepWithin(3 * muchBytes);
  assert.deepEqual(ended, [largest.accepted]);
  pace.keepWithin(muchBytes);
  assert.deepEqual(ended, [largest.accepted, large.accepted]);
  pace.keepWithin(0);
  assert.deepEqual(ended, [largest.accepted, large.accepted, small.accepted]);
});
