import type { DeliverySummary } from "../../core/delivery.ts";
import type { EventId, StoreEvent } from "../../core/event.ts";
import type { WatchState } from "../../core/running-state.ts";
import { connectionJson } from "../../present/connections/connection-json.ts";
import { deliveryJson } from "../../present/deliveries/delivery-json.ts";
import { discoveryJson } from "../../present/discoveries/discovery-json.ts";
import { scanJson } from "../../present/scans/scan-json.ts";
import { watchJson } from "../../present/watches/watch-json.ts";
import type { ScanProgress } from "../context.ts";

/** A server-sent event: https://html.spec.whatwg.org/multipage/server-sent-events.html. JSON text has no line breaks. */
export function eventBytes(event: StoreEvent, shown: (delivery: DeliverySummary) => DeliverySummary): Buffer {
  return Buffer.from(`event: ${event.kind}\nid: ${event.id}\ndata: ${JSON.stringify(jsonOf(event, shown))}\n\n`);
}

/** How a stream begins: a client that loses it before the first event resumes here. No event, for want of data. */
export function startBytes(after: EventId, retryMs: number): Buffer {
  return Buffer.from(`retry: ${retryMs}\nid: ${after}\n\n`);
}

/**
 * The first event of a stream whose client named a place that this database does not have. Its id is the place from which the stream goes on.
 */
export function resetBytes(after: EventId): Buffer {
  const message = "The last event id is not from this database: read the lists again.";
  return Buffer.from(`event: reset\nid: ${after}\ndata: ${JSON.stringify({ message })}\n\n`);
}

/** Lists whose rows people change: what is muted, acknowledged, named or approved. */
export const changedLists = ["mutes", "discoveries", "devices"] as const;
export type ChangedList = (typeof changedLists)[number];

/** Without an id, as progress: a client that was away reads its lists again. */
export function changeBytes(list: ChangedList): Buffer {
  return Buffer.from(`event: change\ndata: ${JSON.stringify({ list })}\n\n`);
}

/** Without an id: progress is not stored, and a client does not resume after it. */
export function progressBytes(progress: ScanProgress): Buffer {
  return Buffer.from(`event: progress\ndata: ${JSON.stringify(progress)}\n\n`);
}

/** Without an id, as progress. */
export function watchBytes(state: WatchState): Buffer {
  return Buffer.from(`event: watch\ndata: ${JSON.stringify(watchJson(state))}\n\n`);
}

function jsonOf(event: StoreEvent, shown: (delivery: DeliverySummary) => DeliverySummary): unknown {
  switch (event.kind) {
    case "connection":
      return connectionJson(event.connection);
    case "discovery":
      return discoveryJson(event.discovery);
    case "delivery":
      return deliveryJson(shown(event.delivery));
    case "scan":
      return scanJson(event.scan);
  }
}
