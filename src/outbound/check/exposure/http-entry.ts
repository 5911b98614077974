import type { HttpEntry, HttpProbe } from "./entry.ts";

/** An entry of the catalogue that HTTP is enough for. */
export function httpEntry(
  name: string,
  title: string,
  ports: readonly number[],
  ...questions: readonly HttpProbe[]
): HttpEntry {
  return { kind: "http", name, title, ports, proves: "exposed", questions };
}
