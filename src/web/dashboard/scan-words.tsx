import { isStoppedScan } from "../../core/stopped.ts";
import type { ScanJson } from "../../present/scans/scan-schema.ts";
import { Badge } from "./parts.tsx";

const tones = { running: "plain", complete: "good", partial: "warn", failed: "bad", abandoned: "warn" } as const;

/** How a scan ended. One that somebody stopped is partial, as far as its results are concerned, and no fault. */
export function ScanStatus({ scan }: { readonly scan: Pick<ScanJson, "status" | "reason"> }) {
  return isStoppedScan(scan) ? <Badge>stopped</Badge> : <Badge tone={tones[scan.status]}>{scan.status}</Badge>;
}
