/** Checks that a name given on the command line exists: an empty list would hide a mistyped name. */
import type { Config } from "../config/config.ts";
import { HarbingerError } from "../core/errors.ts";
import { suggestName } from "../core/nearest-name.ts";
import type { Store } from "../core/store.ts";
import type { CommonOptions } from "./common-options.ts";
import { readConfig } from "./open.ts";

/** How many of the latest rows are searched for names. */
const rowsLookedAt = 1000;

/**
 * Returns if a watch of this name is configured or was scanned before.
 * @throws HarbingerError `not-found` with the nearest name
 */
export async function requireWatch(name: string, store: Store, common: CommonOptions): Promise<void> {
  const [ownScan] = (await store.scans.list({ watch: name, limit: 1 })).rows;
  if (ownScan !== undefined) return;
  const configured = configOf(common)?.watches.map((watch) => watch.name) ?? [];
  const scanned = (await store.scans.list({ limit: rowsLookedAt })).rows;
  requireKnown("watch", name, [...configured, ...scanned.map((scan) => scan.watch)]);
}

/**
 * Returns if the label is configured or a report has it.
 * @throws HarbingerError `not-found` with the nearest label
 */
export async function requireLabel(label: string, store: Store, common: CommonOptions): Promise<void> {
  const configured = configOf(common)?.watches.map((watch) => watch.label) ?? [];
  const reported = (await store.deliveries.list({ limit: rowsLookedAt })).rows;
  requireKnown("label", label, [...configured, ...reported.map((delivery) => delivery.label)]);
}

/**
 * Returns if a listener of this name is configured.
 * @throws HarbingerError `not-found` with the nearest name
 */
export function requireListener(name: string, common: CommonOptions): void {
  const config = configOf(common);
  // Without a usable configuration the name cannot be checked.
  if (config !== undefined) {
    requireKnown(
      "listener",
      name,
      config.listeners.map((listener) => listener.name),
    );
  }
}

function requireKnown(what: string, name: string, known: readonly string[]): void {
  const names = [...new Set(known)];
  if (names.includes(name)) return;
  throw new HarbingerError("not-found", `there is no ${what} ${JSON.stringify(name)}`, {
    remedy: names.length === 0 ? `No ${what} is configured, and none was before.` : suggestName(name, names),
  });
}

function configOf(common: CommonOptions): Config | undefined {
  const outcome = readConfig(common);
  return outcome.kind === "config" ? outcome.config : undefined;
}
