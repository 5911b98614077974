import type { News } from "../../../core/examination.ts";
import { productOf } from "../../check/exposure/catalogue.ts";
import type { RememberedExposure } from "./memory.ts";
import type { ProvenExposure } from "./observations.ts";

/** Whether the service became usable without authentication, or stopped being so. */
export function compareExposure(before: RememberedExposure | undefined, now: ProvenExposure): readonly News[] {
  const wasExposed = before?.verdict === "exposed";
  if (now.verdict === "exposed") {
    if (wasExposed && before.entry === now.service) return [];
    const was =
      before === undefined ? "" : `, was ${wasExposed ? `exposed as ${productOfEntry(before.entry)}` : "protected"}`;
    const [evidence = ""] = (now.evidence ?? "").split("\n");
    return [
      {
        kind: "exposed",
        detail: `${shown(now)}: ${now.reason}${evidence === "" ? "" : ` (${evidence.trim()})`}${was}`,
      },
    ];
  }
  if (!wasExposed) return [];
  return [
    {
      kind: "changed",
      detail: `was exposed as ${productOfEntry(before.entry)}, is protected: ${shown(now)}: ${now.reason}`,
    },
  ];
}

export function rememberExposure({ verdict, service }: ProvenExposure): RememberedExposure {
  return { verdict, entry: service };
}

/** The product that the service showed, or else the product of the catalogue entry. */
function shown({ service, product, version }: ProvenExposure): string {
  const name = product ?? productOfEntry(service);
  return version === undefined ? name : `${name} ${version}`;
}

function productOfEntry(entry: string): string {
  return productOf(entry) ?? entry;
}
