import { type EventPosition, formatEventId, type StoreEvent } from "../../core/event.ts";

/** `Omit` for each member of a union. */
type WithoutId<Event> = Event extends unknown ? Omit<Event, "id"> : never;

/** An event of one source. */
export interface SourceEvent {
  readonly at: number;
  /** The part of the position that changes when it is read. */
  readonly moves: Partial<EventPosition>;
  readonly event: WithoutId<StoreEvent>;
}

/**
 * The first `limit` events of sources, each of which has its own order: always the earliest of those that are next. The
 * id of an event has the position in all sources after it.
 */
export function mergeSources(
  sources: readonly (readonly SourceEvent[])[],
  { start, limit }: { readonly start: EventPosition; readonly limit: number },
): readonly StoreEvent[] {
  const places = sources.map(() => 0);
  const events: StoreEvent[] = [];
  let position = start;
  while (events.length < limit) {
    let next: SourceEvent | undefined;
    let from = 0;
    for (const [index, source] of sources.entries()) {
      const candidate = source[places[index] ?? 0];
      if (candidate === undefined || (next !== undefined && next.at <= candidate.at)) continue;
      next = candidate;
      from = index;
    }
    if (next === undefined) break;
    places[from] = (places[from] ?? 0) + 1;
    position = { ...position, ...next.moves };
    events.push({ id: formatEventId(position), ...next.event });
  }
  return events;
}

export function byChange(one: SourceEvent, other: SourceEvent): number {
  const { change = 0, row = 0 } = one.moves;
  const { change: otherChange = 0, row: otherRow = 0 } = other.moves;
  return change - otherChange || row - otherRow;
}
