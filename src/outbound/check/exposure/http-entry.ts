import type { HttpEntry, HttpProbe } from "./entry.ts";

/** A catalogue entry that needs only HTTP. */
export function httpEntry(
  name: string,
  title: string,
  ports: readonly number[],
  ...questions: readonly HttpProbe[]
): HttpEntry {
  return { kind: "http", name, title, ports, proves: "exposed", questions };
}
