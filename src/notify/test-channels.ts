import type { ChannelName, Message, SendOutcome } from "../core/delivery.ts";
import { messageOf } from "../core/errors.ts";
import { safeText } from "../core/safe-text.ts";
import { type ChannelMap, unconfigured } from "./channel-map.ts";

/** The recipient of a test message. */
export interface TestTarget {
  readonly channel: ChannelName;
  readonly recipient: string;
}

/** The result for one target: `outcome` explains a failure, without secrets. */
export interface TestResult extends TestTarget {
  readonly outcome: SendOutcome;
}

/** Sends one real message to each target, one after the other, without the outbox; nothing is retried. */
export async function testChannels(
  channels: ChannelMap,
  message: Message,
  options: { readonly targets: readonly TestTarget[]; readonly signal: AbortSignal },
): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  for (const target of options.targets) {
    const channel = channels[target.channel];
    let outcome: SendOutcome;
    try {
      outcome =
        channel === undefined
          ? unconfigured(target.channel)
          : await channel.send(message, target.recipient, options.signal);
    } catch (error) {
      outcome = { kind: "retry", reason: safeText(`internal error: ${messageOf(error)}`) };
    }
    results.push({ ...target, outcome });
  }
  return results;
}

/** The text of a test message. `id` makes it unique; `host` is the name of this machine. */
export function testMessage(options: { readonly at: number; readonly host: string; readonly id: string }): Message {
  const host = options.host.replace(/[^A-Za-z0-9.-]/g, "-") || "localhost";
  const time = new Date(options.at).toISOString();
  return {
    messageId: `<test.${options.id.replace(/[^A-Za-z0-9-]/g, "-")}@${host}>`,
    date: options.at,
    subject: `Harbinger test message from ${host}`,
    text: `This is a test message of Harbinger on ${host}, sent ${time}.\nIf you read it, messages arrive here.\n`,
    fileName: `Harbinger_test_${time.slice(0, 19).replace(/[-:]/g, "").replace("T", "_")}.txt`,
  };
}
