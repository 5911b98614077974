import type { ScanRecord } from "../../core/scan-record.ts";
import { isoTime } from "../text/iso-time.ts";
import type { ScanJson } from "./scan-schema.ts";

/** One scan of the API and of the event stream. */
export function scanJson({ startedAt, endedAt, ...rest }: ScanRecord): ScanJson {
  return { ...rest, startedAt: isoTime(startedAt), endedAt: isoTime(endedAt) };
}
