import type { News } from "../../../core/examination.ts";
import { productOf } from "../../check/exposure/catalogue.ts";
import type { RememberedExposure, ReportedPresence } from "./memory.ts";
import type { ProvenExposure } from "./observations.ts";

/** Whether the service became usable without authentication, is so again after it was gone, or stopped being so. */
export function compareExposure(
  before: RememberedExposure | undefined,
  now: ProvenExposure,
  presence?: ReportedPresence,
): readonly News[] {
  const wasExposed = before?.verdict === "exposed";
  if (now.verdict === "exposed") {
    const isAsBefore = wasExposed && before.entry === now.service;
    if (isAsBefore && presence !== "returned" && before.wasGone !== true) return [];
    const was = before === undefined ? "" : `, ${isAsBefore ? "was exposed before it was gone" : wasBefore(before)}`;
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
      detail: `${wasBefore(before)}, is protected: ${shown(now)}: ${now.reason}`,
    },
  ];
}

/** A check that proves nothing replaces nothing, but that the service came back must not be forgotten until one does. */
export function rememberExposure(
  before: RememberedExposure | undefined,
  now: ProvenExposure | undefined,
  presence?: ReportedPresence,
): RememberedExposure | undefined {
  if (now !== undefined) return { verdict: now.verdict, entry: now.service };
  return before === undefined || presence !== "returned" ? before : { ...before, wasGone: true };
}

function wasBefore({ verdict, entry }: RememberedExposure): string {
  return verdict === "exposed" ? `was exposed as ${productOfEntry(entry)}` : "was protected";
}

/** The product that the service showed, or else the product of the catalogue entry. */
function shown({ service, product, version }: ProvenExposure): string {
  const name = product ?? productOfEntry(service);
  return version === undefined ? name : `${name} ${version}`;
}

function productOfEntry(entry: string): string {
  return productOf(entry) ?? entry;
}
