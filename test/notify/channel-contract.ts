import assert from "node:assert/strict";
import os from "node:os";
import { describe, test } from "node:test";
import type { Message } from "../../src/core/delivery.ts";
import type { ChannelDefinition, ChannelParts } from "../../src/notify/channel-definition.ts";
import { systemClock } from "../../src/platform/system-clock.ts";

/** A real receiver at the other end of a channel, and how to break it. */
export interface Counterpart extends AsyncDisposable {
  /** The configuration section of the channel that leads here, or one entry of it. */
  readonly section: object;
  readonly parts?: Partial<ChannelParts>;
  readonly recipient: string;
  /** The texts that arrived, in order. */
  received(): Promise<readonly string[]>;
  /** From now on nothing is accepted; an answer contains the secret. */
  breakDown(): Promise<void>;
  /** Restores the state before. */
  repair(): Promise<void>;
  /** `start`: from now on it does not answer. `reached` resolves once an attempt waits. Absent for files, which cannot hang. */
  readonly hang?: { readonly reached: () => Promise<void>; readonly start: () => Promise<void> };
  /** A secret of the channel, which messages must not contain. */
  readonly secret: string | undefined;
}

/** The contract of every channel. */
export function channelContract(
  definition: ChannelDefinition,
  { title, open: openCounterpart }: { readonly title: string; readonly open: () => Promise<Counterpart> },
): void {
  const open = async () => {
    const counterpart = await openCounterpart();
    const section = definition.schema.parse(counterpart.section);
    const usual = { name: counterpart.recipient, clock: systemClock, hostName: "box", stateFolder: os.tmpdir() };
    const parts = { ...usual, ...counterpart.parts };
    const channel = definition.create(section, parts);
    return Object.assign(counterpart, { channel });
  };
  describe(`${title} fulfils the contract of a channel`, () => {
    test("a message is delivered once, unchanged", async () => {
      await using under = await open();

      const outcome = await under.channel.send(contractMessage, under.recipient, never());

      assert.equal(outcome.kind, "delivered");
      assert.deepEqual(await under.received(), [contractMessage.text]);
    });

    test("an outage has an outcome that is retried, and the next attempt delivers", async () => {
      await using under = await open();
      await under.breakDown();

      const first = await under.channel.send(contractMessage, under.recipient, never());
      await under.repair();
      const second = await under.channel.send(contractMessage, under.recipient, never());

      assert.equal(first.kind, "retry");
      assert.equal(second.kind, "delivered");
      assert.deepEqual(await under.received(), [contractMessage.text]);
    });

    test("the reason of a failure is one safe line without a secret", async () => {
      await using under = await open();
      await under.breakDown();

      const outcome = await under.channel.send(contractMessage, under.recipient, never());

      assert.ok(outcome.kind === "retry");
      assert.match(outcome.reason, /^[^\p{Cc}]{10,1000}$/u);
      if (under.secret !== undefined) assert.ok(!outcome.reason.includes(under.secret), outcome.reason);
    });

    test("an aborted attempt ends at once", async () => {
      await using under = await open();
      if (under.hang === undefined) return;
      await under.hang.start();
      const breakOff = new AbortController();

      const sending = under.channel.send(contractMessage, under.recipient, breakOff.signal);
      await under.hang.reached();
      const before = performance.now();
      breakOff.abort();
      const outcome = await sending;

      assert.equal(outcome.kind, "retry");
      assert.ok(performance.now() - before < 10_000);
    });

    test("an attempt that is aborted before it begins sends nothing", async () => {
      await using under = await open();

      const outcome = await under.channel.send(contractMessage, under.recipient, AbortSignal.abort());

      assert.ok(outcome.kind === "retry");
      assert.notEqual(outcome.uncertain, true);
      assert.notEqual(outcome.closed, true, "it was we who ended it");
      assert.deepEqual(await under.received(), []);
    });
  });
}

/** Contains difficult text: a long line, dots and tildes, accents, an empty line. */
export const contractMessage: Message = {
  messageId: "<contract.1@harbinger.test>",
  date: Date.UTC(2026, 0, 5, 8),
  subject: "Harbinger Report for Büro: 2 new hosts detected",
  text: `Grüße\n\n10.0.0.1 $(id) \`id\` "quoted" 'single'\n${"long ".repeat(60)}end\n`,
  html: "<p>Grüße</p>",
  json: '{"hosts":2}\n',
  fileName: "Buero_20260105_080000.txt",
};

/** A signal that is not aborted. */
export function never(): AbortSignal {
  return new AbortController().signal;
}
