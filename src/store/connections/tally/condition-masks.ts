import type { ConnectionCondition } from "../../../core/connection-store.ts";
import { addressKey, lastAddressKey } from "../../keys/address-key.ts";
import type { TallyTable } from "./tally-table.ts";
import { fingerprintOf } from "./tally-words.ts";

/** For each number of a column whether its rows are counted: 1, or 0. No mask: all are. */
export interface RowMasks {
  listener?: Uint8Array;
  protocol?: Uint8Array;
  port?: Uint8Array;
  peer?: Uint8Array;
  fingerprint?: Uint8Array;
}

/** All conditions together. Each is decided once for every listener, port, peer and so on, and not for every row. */
export function masksOf(table: TallyTable, conditions: readonly ConnectionCondition[]): RowMasks {
  const masks: RowMasks = {};
  for (const condition of conditions) {
    const { column, size, test } = testOf(table, condition);
    masks[column] ??= new Uint8Array(size).fill(1);
    const mask = masks[column];
    for (let number = 0; number < size; number++) if (test(number) === condition.isNegated) mask[number] = 0;
  }
  return masks;
}

interface ColumnTest {
  readonly column: keyof RowMasks;
  readonly size: number;
  readonly test: (number: number) => boolean;
}

function testOf(table: TallyTable, condition: ConnectionCondition): ColumnTest {
  const { listeners, protocols, peers } = table;
  switch (condition.field) {
    case "port":
      return { column: "port", size: 65_536, test: (port) => port === condition.value };
    case "protocol":
    case "listener": {
      const { words } = condition.field === "protocol" ? protocols : listeners;
      const wanted = condition.value.toLowerCase();
      return { column: condition.field, size: words.length, test: (number) => words[number]?.toLowerCase() === wanted };
    }
    case "ja4":
    case "hassh":
    case "agent": {
      const { fingerprints } = table;
      const kind = condition.field === "agent" ? "userAgent" : condition.field;
      const wanted = condition.value.toLowerCase();
      const fits = (value: string) => (kind === "userAgent" ? value.includes(wanted) : value === wanted);
      const test = (number: number) => {
        const found = fingerprintOf(fingerprints[number] ?? "");
        return found.kind === kind && fits(found.value.toLowerCase());
      };
      return { column: "fingerprint", size: fingerprints.length, test };
    }
    case "peer": {
      const first = addressKey(condition.first);
      const last = lastAddressKey(condition.last);
      const test = (number: number) => {
        const key = peers.keyOf(number);
        return Buffer.compare(key, first) >= 0 && Buffer.compare(key, last) <= 0;
      };
      return { column: "peer", size: peers.size, test };
    }
    case "asn":
    case "country":
    case "organization": {
      const { field, value } = condition;
      return { column: "peer", size: peers.size, test: originTest(table, { field, value }) };
    }
  }
}

function originTest(
  table: TallyTable,
  condition: { readonly field: "asn" | "country" | "organization"; readonly value: string | number },
): (peer: number) => boolean {
  const wanted = String(condition.value).toLowerCase();
  const fits = table.origins.map(({ asn, country, countryCode, organization }) => {
    if (condition.field === "asn") return asn === condition.value;
    if (condition.field === "organization") return organization?.toLowerCase().includes(wanted) === true;
    return country?.toLowerCase() === wanted || countryCode?.toLowerCase() === wanted;
  });
  return (peer) => fits[table.originOfPeer(peer)] === true;
}
