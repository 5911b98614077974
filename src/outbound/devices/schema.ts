import * as z from "zod";
import { parseRecipient, splitList } from "../../core/recipients.ts";
import type { Watch } from "../../core/watch.ts";
import { channelList, displayText, recipientList } from "../schema.ts";

/** Name of the watch under which devices with a separate audience are recorded. */
export const deviceAudience = "devices";

/**
 * Section `devices`: devices on the networks of this machine, with open ports or without.
 */
export const devicesSchema = z.strictObject({
  enabled: z
    .union([z.literal("auto"), z.boolean()])
    .default("auto")
    .meta({
      description:
        "`auto`: entries of `watches` with `targets` look for devices, `port_*` sections do not. `true`: those with `targets` do, too. `false`: no watch does. The key `devices` of a watch takes precedence.",
    }),
  gone_after: z.int().min(1).max(1000).default(2).meta({
    description:
      "After this many surveys in a row that missed it, a device is gone, as with `gone_after` of watches. If sleeping phones are reported as gone and returned, use a larger number. Several watches of one network share a survey for ten minutes.",
  }),
  label: displayText.optional().meta({
    description:
      "Findings about devices go into reports of this label, and not into those of the watch that found them.",
  }),
  email: recipientList.optional().meta({
    description:
      "Recipients of reports about devices, as `email` of a watch. With `label`, `email` or `notify`, devices have separate reports.",
  }),
  notify: channelList
    .optional()
    .meta({ description: "Channels that get a short message about devices, as `notify` of a watch." }),
  lease_files: z.array(z.string().min(1)).default([]).meta({
    description:
      "Lease files of DHCP servers (dnsmasq, Pi-hole, ISC dhcpd), which contain names. Relative to the configuration file.",
  }),
  names: z.boolean().default(true).meta({
    description:
      "Devices are queried for their names by mDNS and NetBIOS, once a day. `false`: only DNS and lease files.",
  }),
  arp: z
    .union([z.literal("auto"), z.literal(false)])
    .default("auto")
    .meta({
      description:
        "`auto`: sends ARP requests and neighbour solicitations where the privileges allow it (root, or CAP_NET_RAW). `false`: lets the kernel resolve addresses, which takes some seconds longer.",
    }),
});

export type DevicesSection = z.output<typeof devicesSchema>;

export interface DeviceSettings {
  /** Surveys in a row. */
  readonly goneAfter: number;
  readonly leaseFiles: readonly string[];
  /** Whether devices are queried for their names. */
  readonly queriesNames: boolean;
  readonly arp: "auto" | false;
  /** The audience of devices, as a watch that never scans. Absent: the audiences of the watch that found them. */
  readonly audience?: Watch | undefined;
}

export function deviceSettings(section: DevicesSection): DeviceSettings {
  return {
    goneAfter: section.gone_after,
    leaseFiles: section.lease_files,
    queriesNames: section.names,
    arp: section.arp,
    audience: hasOwnAudience(section) ? audienceOf(section) : undefined,
  };
}

export function hasOwnAudience({ label, email, notify }: DevicesSection): boolean {
  return label !== undefined || splitList(email).length > 0 || splitList(notify).length > 0;
}

function audienceOf(section: DevicesSection): Watch {
  const notify = [...new Set(splitList(section.notify))];
  return {
    name: deviceAudience,
    label: String(section.label ?? "Devices"),
    ports: [],
    recipients: [...new Set(splitList(section.email).flatMap((text) => parseRecipient(text) ?? []))],
    notify: notify.length === 0 ? undefined : notify,
    scan: { engine: "none" },
    checks: [],
    goneAfter: section.gone_after,
    reportOn: "changes",
  };
}

/** Whether a watch looks for devices. It needs targets, because the addresses of a command line are unknown. */
export function looksForDevices(
  watch: { readonly devices?: boolean | undefined; readonly targets?: unknown },
  form: { readonly isPortSection: boolean; readonly enabled: DevicesSection["enabled"] },
): boolean {
  if (watch.targets === undefined) return false;
  if (watch.devices !== undefined) return watch.devices;
  return form.enabled === "auto" ? !form.isPortSection : form.enabled;
}
