import { wasStopped } from "../../core/stopped.ts";
import type { ScanJson } from "../../present/scans/scan-schema.ts";
import { Badge } from "./parts.tsx";

const tones = { running: "plain", complete: "good", partial: "warn", failed: "bad", abandoned: "warn" } as const;

/** How a scan ended. One that somebody stopped is partial, as far as its results are concerned, and no fault. */
export function ScanStatus({ scan: { status, reason } }: { readonly scan: Pick<ScanJson, "status" | "reason"> }) {
  if (status === "partial" && wasStopped(reason)) return <Badge>stopped</Badge>;
  return <Badge tone={tones[status]}>{status}</Badge>;
}
