import type { ScanPlan } from "../../core/watch.ts";
import { commandEngine } from "./command/engine.ts";
import type { EngineDefinition } from "./engine-definition.ts";
import { connectEngine } from "./handshake/engine.ts";
import { nmapEngine } from "./nmap/engine.ts";

/**
 * Every engine, in the order of the reference. A new one is added here; see docs/extending-engine.md. Where a `port_*` section
 * has the keys of several engines, the first in this list is used.
 */
export const engines: readonly EngineDefinition[] = [connectEngine, nmapEngine, commandEngine];

/** Why the scans of a watch fail that has no engine: a `port_*` section of the earlier tool may define none. */
export const noScanMethod = "No scan method defined";

/** `undefined` for a plan without an engine. */
export function engineOf({ engine }: ScanPlan): EngineDefinition | undefined {
  return engines.find(({ name }) => name === engine);
}

/** The engines whose keys a section of the configuration has. */
export function selectedEngines(
  section: object,
): readonly { readonly engine: EngineDefinition; readonly value: unknown }[] {
  const values = new Map<string, unknown>(Object.entries(section));
  return engines.flatMap((engine) => {
    const value = values.get(engine.key);
    return value === undefined ? [] : [{ engine, value }];
  });
}

/** `targets, nmap_scan or command`. */
export function engineKeyList(): string {
  const keys = engines.map(({ key }) => key);
  return `${keys.slice(0, -1).join(", ")} or ${keys.at(-1)}`;
}
