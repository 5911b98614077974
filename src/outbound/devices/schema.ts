import * as z from "zod";
import { parseRecipient, splitList } from "../../core/recipients.ts";
import type { Watch } from "../../core/watch.ts";
import { channelList, displayText, recipientList } from "../schema.ts";

/** Stands for a watch where findings about devices have an audience of their own. */
export const deviceAudience = "devices";

/**
 * Section `devices`: who is on the networks that this machine is on, with a port open or not.
 *
 * Three surveys, where a service is gone after two scans: a telephone that sleeps answers one question in a while, and an
 * owner who hears each evening that it is gone stops reading. Whoever watches servers alone can set 1.
 */
export const devicesSchema = z.strictObject({
  enabled: z
    .union([z.literal("auto"), z.boolean()])
    .default("auto")
    .meta({
      description:
        "`auto`: entries of `watches` with `targets` look for devices, `port_*` sections do not. `true`: those with `targets` do, too. `false`: nobody does. The key `devices` of a watch wins.",
    }),
  gone_after: z.int().min(1).max(1000).default(2).meta({
    description:
      "After this many surveys in a row that asked for it and missed it a device is gone, as with `gone_after` of watches. Where phones that sleep are told as gone and back, a larger number helps. Several watches of one network share a survey for ten minutes.",
  }),
  label: displayText.optional().meta({
    description: "Findings about devices go into reports of this label, and not into those of the watch that met them.",
  }),
  email: recipientList.optional().meta({
    description:
      "Who gets them, as `email` of a watch. With `label`, `email` or `notify`, devices have readers of their own.",
  }),
  notify: channelList.optional().meta({ description: "Who gets a short message of them, as `notify` of a watch." }),
  lease_files: z.array(z.string().min(1)).default([]).meta({
    description:
      "Lease files of DHCP servers (dnsmasq, Pi-hole, ISC dhcpd), for names. Relative to the configuration file.",
  }),
  names: z.boolean().default(true).meta({
    description:
      "Devices are asked for their names by mDNS and NetBIOS, once a day. `false`: DNS and lease files alone.",
  }),
  arp: z
    .union([z.literal("auto"), z.literal(false)])
    .default("auto")
    .meta({
      description:
        "`auto`: ARP and neighbour discovery of our own where the privileges allow it (root, or CAP_NET_RAW). `false`: the kernel is made to ask, which takes some seconds longer.",
    }),
});

export type DevicesSection = z.output<typeof devicesSchema>;

export interface DeviceSettings {
  /** Surveys in a row. */
  readonly goneAfter: number;
  readonly leaseFiles: readonly string[];
  /** Devices are asked for their names. */
  readonly asksForNames: boolean;
  readonly arp: "auto" | false;
  /** Who hears of devices, as a watch that never scans. Absent: whoever hears of the watch that met them. */
  readonly audience?: Watch;
}

export function deviceSettings(section: DevicesSection): DeviceSettings {
  return {
    goneAfter: section.gone_after,
    leaseFiles: section.lease_files,
    asksForNames: section.names,
    arp: section.arp,
    ...(hasOwnAudience(section) ? { audience: audienceOf(section) } : {}),
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
    ...(notify.length === 0 ? {} : { notify }),
    scan: { engine: "none" },
    checks: [],
    goneAfter: section.gone_after,
    reportOn: "changes",
  };
}

/** Whether a watch looks for devices. A command line does not say which addresses it asks: only targets do. */
export function looksForDevices(
  watch: { readonly devices?: boolean | undefined; readonly targets?: unknown },
  form: { readonly isPortSection: boolean; readonly enabled: DevicesSection["enabled"] },
): boolean {
  if (watch.targets === undefined) return false;
  if (watch.devices !== undefined) return watch.devices;
  return form.enabled === "auto" ? !form.isPortSection : form.enabled;
}
