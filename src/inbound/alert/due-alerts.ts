import { addressFromBigInt } from "../../core/address.ts";
import { endOf } from "../../core/connection.ts";
import type { DueAlert } from "../../core/connection-store.ts";
import type { ChannelName } from "../../core/delivery.ts";
import { parseRange } from "../../core/network.ts";
import { type AlertContent, writeAlertContent } from "./alert-content.ts";
import { sharedNetwork } from "./burst.ts";

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
  const source = sourceOf(content, at);
  return recipients.map((recipient) => ({
    id: `${id}.${channel}.${recipient}`,
    at,
    label: listener,
    channel,
    recipient,
    data,
    source,
  }));
}

/** A burst of several addresses of an IPv6 /64 is about all of that network. */
function sourceOf(content: AlertContent, at: number): DueAlert["source"] {
  switch (content.kind) {
    case "connection": {
      const { peer } = content.connection;
      return { first: peer.address, last: peer.address, at: endOf(content.connection) };
    }
    case "summary": {
      const { burst } = content;
      const network = sharedNetwork(burst);
      const range = network === undefined ? undefined : parseRange(network);
      if (range === undefined) return { first: burst.address, last: burst.address, at };
      const { family, first, last } = range;
      return { first: addressFromBigInt(first, family), last: addressFromBigInt(last, family), at };
    }
    case "digest":
      return undefined;
  }
}
