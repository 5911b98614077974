import { type DeviceName, nameSources } from "../../core/device.ts";

/** Reads the column `devices.names`; entries that cannot be read are skipped. */
export function readNames(text: string): readonly DeviceName[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isDeviceName) : [];
  } catch {
    return [];
  }
}

function isDeviceName(value: unknown): value is DeviceName {
  if (typeof value !== "object" || value === null || !("name" in value) || !("source" in value)) return false;
  return typeof value.name === "string" && nameSources.some((source) => source === value.source);
}
