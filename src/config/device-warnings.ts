import { parseAddress } from "../core/address.ts";
import { type AddressRange, parseRange } from "../core/network.ts";
import { splitList } from "../core/recipients.ts";
import { deviceAudience, hasOwnAudience, looksForDevices } from "../outbound/devices/schema.ts";
import { eachWatch } from "./check-names.ts";
import type { Finding } from "./issues.ts";
import type { Interfaces } from "./local-networks.ts";
import type { Sections } from "./sections.ts";

/** The history of a watch belongs to its name, and findings about devices are stored under this one. */
export function deviceNameTaken(sections: Sections): Finding[] {
  if (!hasOwnAudience(sections.named.devices) || !Object.hasOwn(sections.named.watches, deviceAudience)) return [];
  const message = `the section devices has separate recipients, so no watch can be named ${deviceAudience}; rename it`;
  return [{ path: ["watches", deviceAudience], what: "key", message }];
}

/** Settings about devices that are valid but probably unintended. */
export function deviceWarnings(
  sections: Sections,
  machine: { readonly fileExists: (file: string) => boolean; readonly interfaces: Interfaces },
): Finding[] {
  const { devices, email } = sections.named;
  const found: Finding[] = devices.lease_files.flatMap((file, index): Finding[] => {
    if (machine.fileExists(file)) return [];
    const path = ["devices", "lease_files", index];
    return [{ path, what: "value", message: `${JSON.stringify(file)}: no such file now` }];
  });
  if (splitList(devices.email).length > 0 && email === undefined) {
    const message = "no mail can be sent without an email section; reports are kept as files";
    found.push({ path: ["devices", "email"], what: "key", message });
  }
  const watches = eachWatch(sections);
  const isLooking = watches.some(({ section, isPortSection }) =>
    looksForDevices(section, { isPortSection, enabled: devices.enabled }),
  );
  if (!isLooking && (devices.enabled === true || hasOwnAudience(devices))) {
    const message = "no watch looks for devices: give one targets on a network of this machine, and devices: true";
    found.push({ path: ["devices"], what: "key", message });
  }
  const networks = networksOf(machine.interfaces);
  for (const { path, section } of watches) {
    if (section.devices !== true || mayBeOnLink(splitList(section.targets), networks)) continue;
    const message = "no target is on a network of this machine now, so no device can be found";
    found.push({ path: [...path, "devices"], what: "key", message });
  }
  return found;
}

/** Names and files may contain any address. */
function mayBeOnLink(targets: readonly string[], networks: readonly AddressRange[]): boolean {
  return targets.some((text) => {
    const range = parseRange(text.trim());
    if (range === undefined) return true;
    return networks.some(
      ({ family, first, last }) => family === range.family && first <= range.last && range.first <= last,
    );
  });
}

function networksOf(interfaces: Interfaces): AddressRange[] {
  return Object.values(interfaces).flatMap((addresses) =>
    (addresses ?? []).flatMap(({ address, cidr, internal }) => {
      const isUsable = !internal && cidr !== null && parseAddress(address) !== undefined;
      return isUsable ? (parseRange(cidr) ?? []) : [];
    }),
  );
}
