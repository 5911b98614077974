import { productName } from "../service/product-name.ts";
import { protocolModules } from "../service/protocols.ts";
import type { CatalogueEntry } from "./entry.ts";
import { clusterEntries } from "./http-clusters.ts";
import { consoleEntries } from "./http-consoles.ts";
import { managementEntries } from "./http-management.ts";
import { monitoringEntries } from "./http-monitoring.ts";
import { privateServiceEntries } from "./http-private-services.ts";
import { storeEntries } from "./http-stores.ts";

/**
 * All services whose exposure can be checked. To add an HTTP service, add an entry to one of the HTTP lists; for another protocol,
 * add a module to `service/protocols.ts`. A test then requires its cases. See docs/extending-check.md.
 */
export const exposureCatalogue: readonly CatalogueEntry[] = [
  ...protocolModules
    .filter((module) => module.name !== "http")
    .map(
      (module): CatalogueEntry => ({
        kind: "protocol",
        name: module.name,
        title: module.title,
        ports: module.ports,
        proves: module.proves,
        module,
      }),
    ),
  ...storeEntries,
  ...monitoringEntries,
  ...clusterEntries,
  ...consoleEntries,
  ...managementEntries,
  ...privateServiceEntries,
];

export function entryNamed(name: string): CatalogueEntry | undefined {
  const wanted = name.toLowerCase();
  return exposureCatalogue.find((entry) => entry.name === wanted);
}

/** The name of the product that an entry is about; `undefined` where there is no such entry. */
export function productOf(name: string): string | undefined {
  const entry = entryNamed(name);
  return entry === undefined ? undefined : productName(entry.title);
}

export function entriesForPort(port: number): readonly CatalogueEntry[] {
  return exposureCatalogue.filter((entry) => entry.ports.includes(port));
}

/** Web entries about a product, by its name with or without a model, on any port. */
export function entriesOfProduct(product = ""): readonly CatalogueEntry[] {
  return exposureCatalogue.filter(
    (entry) => entry.kind === "http" && `${product} `.startsWith(`${productName(entry.title)} `),
  );
}
