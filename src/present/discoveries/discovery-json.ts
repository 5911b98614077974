import type { Discovery } from "../../core/discovery.ts";
import { markEveryPort } from "../hosts/every-port.ts";
import { isoTime } from "../text/iso-time.ts";
import type { DiscoveryJson } from "./discovery-schema.ts";

/** One line of `harbinger reports show ID --json`, after the first. */
export function discoveryJson(discovery: Discovery): DiscoveryJson {
  const { at, firstSeen, lastSeen, mutedUntil, acknowledged, ended, ...rest } = discovery;
  return markEveryPort({
    ...rest,
    at: isoTime(at),
    firstSeen: isoTime(firstSeen),
    lastSeen: isoTime(lastSeen),
    ...(mutedUntil === undefined ? {} : { mutedUntil: isoTime(mutedUntil) }),
    ...(acknowledged === undefined ? {} : { acknowledged: { ...acknowledged, at: isoTime(acknowledged.at) } }),
    ...(ended === undefined
      ? {}
      : { ended: { by: ended.by, ...(ended.at === undefined ? {} : { at: isoTime(ended.at) }) } }),
  });
}
