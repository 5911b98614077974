import type { HostRecord } from "../../core/store.ts";
import { isoTime } from "../text/iso-time.ts";
import type { HostJson } from "./host-schema.ts";

export function hostJson({ firstSeen, lastSeen, ...host }: HostRecord): HostJson {
  return { ...host, firstSeen: isoTime(firstSeen), lastSeen: isoTime(lastSeen) };
}
