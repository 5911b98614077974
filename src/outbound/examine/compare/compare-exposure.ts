import type { News } from "../../../core/examination.ts";
import { productOf } from "../../check/exposure/catalogue.ts";
import type { RememberedExposure } from "./memory.ts";
import type { ObservedExposure } from "./read-results.ts";

/** Whether anybody may use the service now who could not before, or the other way round. */
export function compareExposure(before: RememberedExposure | undefined, now: ObservedExposure): readonly News[] {
  const wasExposed = before?.verdict === "exposed";
  if (now.verdict === "exposed") {
    if (wasExposed && before.entry === now.entry) return [];
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

export function rememberExposure({ verdict, entry }: ObservedExposure): RememberedExposure {
  return { verdict, entry };
}

/** By its product, where the service told it; else by that of the entry, which is a name in the catalogue. */
function shown({ entry, product, version }: ObservedExposure): string {
  const name = product ?? productOfEntry(entry);
  return version === undefined ? name : `${name} ${version}`;
}

function productOfEntry(entry: string): string {
  return productOf(entry) ?? entry;
}
