import type { Interfaces } from "./local-networks.ts";
import { ownAddresses } from "./own-addresses.ts";
import type { RawMap } from "./raw-value.ts";

/** Used without a configuration file: scans all ports of this machine and opens one decoy. A new object for each call. */
export function defaultSections(interfaces: Interfaces): RawMap {
  return {
    reports: { save_to_file: true, directory: "reports" },
    listeners: { decoy: { host: "127.0.0.1", ports: 1417 } },
    // All clients are local, and a user who tries Harbinger expects alerts about them.
    alerts: { ignore: { loopback: false } },
    watches: {
      "this-machine": {
        label: "This machine",
        targets: [...ownAddresses(interfaces).scanned],
        // The user must decide whether to look for devices on the network.
        devices: false,
        ports: "1-65535",
        schedule: "*/15 * * * *",
      },
    },
  };
}
