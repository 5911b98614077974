import type { Clock } from "../core/clock.ts";
import {
  addTallies,
  emptyTally,
  type ImportStore,
  type ImportTally,
  type ServiceImport,
} from "../core/import-store.ts";
import type { ImportedService } from "../core/imported.ts";
import type { Gathered } from "./gathered.ts";

/** Records per transaction: small enough that a running process does not wait noticeably. */
const batchSize = 1000;
/** Smaller, because each device has addresses and names. */
const deviceBatchSize = 500;
/** Pause after each batch, so that a running process can use the database. */
const pauseMs = 5;

export interface MergeOptions {
  readonly isTrial: boolean;
  readonly only?: ServiceImport["only"] | undefined;
  /** Names of the watches that cover a service. */
  readonly watchesOf: (service: ImportedService) => readonly string[];
  readonly clock: Pick<Clock, "sleep">;
  readonly signal: AbortSignal;
  readonly onMerged: (count: number) => void;
}

export interface MergeResult {
  readonly services: ImportTally;
  readonly devices: ImportTally;
  readonly connections: ImportTally;
  /** Services that no watch covers. */
  readonly unwatched: number;
  /** Interrupted: only part of the records is stored. */
  readonly isCutOff: boolean;
}

/** Merges the gathered records into the store, one transaction per batch. After an interruption, repeating it stores the rest. */
export async function mergeGathered(
  gathered: Gathered,
  store: ImportStore,
  options: MergeOptions,
): Promise<MergeResult> {
  const { isTrial, only, watchesOf, signal } = options;
  let [services, devices, connections] = [emptyTally, emptyTally, emptyTally];
  let unwatched = 0;
  const done = async (count: number) => {
    options.onMerged(count);
    if (!isTrial) await options.clock.sleep(pauseMs);
  };
  for (const page of gathered.services(batchSize)) {
    if (signal.aborted) break;
    const placed = page.map((service) => ({ ...service, watches: watchesOf(service) }));
    unwatched += placed.filter(({ watches }) => watches.length === 0).length;
    services = addTallies(services, await store.services(placed, { isTrial, only }));
    await done(page.length);
  }
  for (const page of gathered.devices(deviceBatchSize)) {
    if (signal.aborted) break;
    devices = addTallies(devices, await store.devices(page, { isTrial }));
    await done(page.length);
  }
  for (const page of gathered.connections(batchSize)) {
    if (signal.aborted) break;
    connections = addTallies(connections, await store.connections(page, { isTrial }));
    await done(page.length);
  }
  return { services, devices, connections, unwatched, isCutOff: signal.aborted };
}
