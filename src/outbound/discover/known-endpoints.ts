import type { Endpoint } from "../../core/connection.ts";
import type { ServiceStore } from "../../core/store.ts";

const pageSize = 5000;

/** What a watch knows and may miss: services that are present or flapping, in pages. */
export async function* knownEndpoints(services: ServiceStore, watch: string): AsyncGenerator<readonly Endpoint[]> {
  for (const state of ["present", "flapping"] as const) {
    for (let after: Endpoint | undefined; ; ) {
      const page = await services.list({
        watch,
        state,
        limit: pageSize,
        ...(after === undefined ? {} : { after }),
      });
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) break;
      after = { address: last.address, port: last.port };
    }
  }
}
