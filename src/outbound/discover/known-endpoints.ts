import type { Endpoint } from "../../core/connection.ts";
import { pagesOf } from "../../core/page.ts";
import type { ServiceStore } from "../../core/store.ts";

const pageSize = 5000;

/** The services of a watch that can be missed: present or flapping, in pages. */
export async function* knownEndpoints(services: ServiceStore, watch: string): AsyncGenerator<readonly Endpoint[]> {
  for (const state of ["present", "flapping"] as const) {
    for await (const page of pagesOf((after) => services.list({ watch, state, limit: pageSize, after }))) {
      if (page.length > 0) yield page;
    }
  }
}
