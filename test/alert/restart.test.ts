import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Channel, Message } from "../../src/core/delivery.ts";
import { formatPorts } from "../../src/core/ports.ts";
import type { Store } from "../../src/core/store.ts";
import { ManualClock, passTime } from "../notify/manual-clock.ts";
import { TemporaryDatabase } from "../notify/temporary-store.ts";
import { InboundLab } from "./inbound-lab.ts";

const minute = 60_000;

/** Keeps its input. */
class Letterbox implements Channel {
  readonly messages: Message[] = [];

  async send(message: Message): Promise<{ readonly kind: "delivered" }> {
    this.messages.push(message);
    return { kind: "delivered" };
  }

  get subjects(): readonly string[] {
    return this.messages.map(({ subject }) => subject);
  }
}

async function connectionsStored(store: Store, clock: ManualClock, count: number): Promise<void> {
  while ((await store.connections.count()) < count) {
    clock.advance(50);
    await nextTurn();
  }
}

describe("a restart", () => {
  test("continues with suppressed counts and the open digest", async () => {
    using database = new TemporaryDatabase();
    await using store = await database.open();
    const clock = new ManualClock();
    const letterbox = new Letterbox();
    const options = {
      store,
      clock,
      channels: { ntfy: letterbox },
      routes: [{ channel: "ntfy", recipients: ["knocks"] }],
      alerts: { budget: { at_once: 2, then_every: "1m", digest: "5m" } },
    } as const;

    const before = await InboundLab.start(options);
    const firstPort = before.port;
    for (const peer of [1, 1, 2, 1, 3, 4, 3]) await before.connectFrom(`127.9.1.${peer}`);
    await connectionsStored(store, clock, 7);
    await before.stop();
    await using after = await InboundLab.start(options);
    await after.connectFrom("127.9.1.1");
    const ports = formatPorts([firstPort, after.port].sort((one, other) => one - other));
    await passTime(clock, after.outbox, () => letterbox.messages.length >= 4, 5000);

    const [first, second, digest, summary] = letterbox.subjects;
    assert.equal(first, `127.9.1.1 knocked on port ${firstPort} (GET /)`);
    assert.equal(second, `127.9.1.2 knocked on port ${firstPort} (GET /)`);
    assert.match(digest ?? "", /^2 addresses knocked (?:within a second|in \d+ seconds) on port \d+$/);
    assert.match(letterbox.messages[2]?.text ?? "", /^Connections: 3$/m);
    assert.equal(summary, `3 more connections from 127.9.1.1 on ports ${ports}`);
  });

  test("keeps the cooldown of an address, however long it is", async () => {
    using database = new TemporaryDatabase();
    await using store = await database.open();
    const clock = new ManualClock();
    const letterbox = new Letterbox();
    const options = {
      store,
      clock,
      channels: { ntfy: letterbox },
      routes: [{ channel: "ntfy", recipients: ["knocks"] }],
      listener: { cooldown: "7d" },
      alerts: { summary: false },
    } as const;

    const before = await InboundLab.start(options);
    await before.connectFrom("127.9.2.1");
    await passTime(clock, before.outbox, () => letterbox.messages.length === 1, 50);
    await before.stop();
    clock.advance(6 * 24 * 60 * minute);
    const meanwhile = await InboundLab.start(options);
    await meanwhile.connectFrom("127.9.2.1");
    await connectionsStored(store, clock, 2);
    await meanwhile.stop();
    clock.advance(24 * 60 * minute);
    await using after = await InboundLab.start(options);
    await after.connectFrom("127.9.2.1");
    await passTime(clock, after.outbox, () => letterbox.messages.length === 2, 50);

    assert.match(letterbox.messages[1]?.text ?? "", /^Since the last alert: 1 more connection from this address$/m);
  });
});

test("ignored connections stay unrecorded if no alert has a recipient", async () => {
  using database = new TemporaryDatabase();
  await using store = await database.open();
  const clock = new ManualClock();
  await using lab = await InboundLab.start({ store, clock, listener: { ignore: "127.9.3.0/28", log_ignored: false } });

  await lab.connectFrom("127.9.3.1");
  await lab.connectFrom("127.9.3.100");
  await connectionsStored(store, clock, 1);

  assert.deepEqual(
    lab.seen.map(({ peer }) => peer.address),
    ["127.9.3.100"],
  );
});
