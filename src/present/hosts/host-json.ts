import type { HostRecord } from "../../core/store.ts";
import { isoTime } from "../text/iso-time.ts";
import type { HostJson } from "./host-schema.ts";

export function hostJson({ firstSeen, lastSeen, device, macs, vendors, ...host }: HostRecord): HostJson {
  return {
    ...host,
    firstSeen: isoTime(firstSeen),
    lastSeen: isoTime(lastSeen),
    macs: withAnother(macs, device?.mac),
    vendors: withAnother(vendors, device?.vendor),
    deviceName: device?.name,
  };
}

function withAnother(texts: readonly string[], text: string | undefined): readonly string[] {
  return text === undefined || texts.includes(text) ? texts : [...texts, text];
}
