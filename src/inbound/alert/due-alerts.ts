import type { DueAlert } from "../../core/connection-store.ts";
import type { ChannelName } from "../../core/delivery.ts";
import { type AlertContent, writeAlertContent } from "./alert-content.ts";

export interface AlertAddressing {
  readonly channel: ChannelName;
  readonly recipients: readonly string[];
}

/** One row per recipient, to be stored with its connection. The identifiers are the same whenever they are made again. */
export function dueAlerts(
  { channel, recipients }: AlertAddressing,
  alert: { readonly id: string; readonly listener: string; readonly at: number; readonly content: AlertContent },
): DueAlert[] {
  const { id, listener, at, content } = alert;
  const data = writeAlertContent(content);
  return recipients.map((recipient) => ({
    id: `${id}.${channel}.${recipient}`,
    at,
    label: listener,
    channel,
    recipient,
    data,
  }));
}
