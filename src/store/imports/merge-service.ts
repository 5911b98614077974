import { hostLiteral } from "../../core/host-literal.ts";
import type { ImportConflict, ImportOutcome } from "../../core/import-store.ts";
import type { ImportedService } from "../../core/imported.ts";
import { attributeLimit, hostnameLimit, shortText } from "../scans/packed-sightings.ts";

/** The row of a service, without its key. */
export interface ServiceFacts {
  readonly first_seen: number;
  readonly last_seen: number;
  readonly hostname: string | null;
  readonly mac: string | null;
  readonly vendor: string | null;
  readonly name: string | null;
  readonly product: string | null;
  readonly version: string | null;
  readonly is_inherited: number;
}

export interface KnownService extends ServiceFacts {
  /** The latest time at which any watch saw it. */
  readonly met_at: number;
}

export interface MergedService extends ImportOutcome {
  readonly facts: ServiceFacts;
}

/**
 * Merges what is known of a service with what another program knew: the earliest and the latest time; of each attribute what
 * was seen last. The version belongs to its product. Pure; merging the same again changes nothing.
 * @param isForAll watches that begin later inherit it
 */
export function mergeService(
  known: KnownService | undefined,
  imported: ImportedService,
  isForAll: boolean,
): MergedService {
  const there: ServiceFacts = {
    first_seen: imported.firstSeen,
    last_seen: imported.lastSeen,
    hostname: shortText(imported.hostname, hostnameLimit),
    mac: shortText(imported.mac, attributeLimit),
    vendor: shortText(imported.vendor, attributeLimit),
    name: shortText(imported.service?.name, attributeLimit),
    product: shortText(imported.service?.product, attributeLimit),
    version: imported.service?.product === undefined ? null : shortText(imported.service.version, attributeLimit),
    is_inherited: isForAll ? 1 : 0,
  };
  if (known === undefined) return { kind: "added", facts: there };
  const isLater = there.last_seen > known.met_at;
  const latest = (stored: string | null, found: string | null) => (isLater ? (found ?? stored) : (stored ?? found));
  const facts: ServiceFacts = {
    first_seen: Math.min(known.first_seen, there.first_seen),
    last_seen: Math.max(known.last_seen, there.last_seen),
    hostname: latest(known.hostname, there.hostname),
    mac: latest(known.mac, there.mac),
    vendor: latest(known.vendor, there.vendor),
    name: latest(known.name, there.name),
    ...productOf(known, there, isLater),
    is_inherited: Math.max(known.is_inherited, there.is_inherited),
  };
  const kind = isSame(known, facts) ? "unchanged" : "merged";
  const conflict = conflictOf(known, there, { imported, isLater });
  return { kind, facts, conflict };
}

function productOf(known: ServiceFacts, there: ServiceFacts, isLater: boolean) {
  const { product, version } = known;
  if (there.product === null) return { product, version };
  if (product === there.product) {
    return { product, version: isLater ? (there.version ?? version) : (version ?? there.version) };
  }
  return product === null || isLater ? { product: there.product, version: there.version } : { product, version };
}

function conflictOf(
  known: ServiceFacts,
  there: ServiceFacts,
  { imported, isLater }: { readonly imported: ImportedService; readonly isLater: boolean },
): ImportConflict | undefined {
  if (known.product === null || there.product === null || known.product === there.product) return undefined;
  const { address, port } = imported;
  return {
    subject: `${hostLiteral(address)}:${port}`,
    field: "product",
    stored: [known.product, known.version].filter(Boolean).join(" "),
    imported: [there.product, there.version].filter(Boolean).join(" "),
    kept: isLater ? "imported" : "stored",
  };
}

function isSame(one: ServiceFacts, other: ServiceFacts): boolean {
  return (
    one.first_seen === other.first_seen &&
    one.last_seen === other.last_seen &&
    one.hostname === other.hostname &&
    one.mac === other.mac &&
    one.vendor === other.vendor &&
    one.name === other.name &&
    one.product === other.product &&
    one.version === other.version &&
    one.is_inherited === other.is_inherited
  );
}
