import type { EntryRequest, HttpEntry } from "./entry.ts";

/** A catalogue entry that needs only HTTP. */
export function httpEntry(
  name: string,
  title: string,
  ports: readonly number[],
  ...requests: readonly EntryRequest[]
): HttpEntry {
  return { kind: "http", name, title, ports, proves: "exposed", requests };
}
