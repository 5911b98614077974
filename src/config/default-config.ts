import type { Interfaces } from "./local-networks.ts";
import { ownAddresses } from "./own-addresses.ts";
import type { RawMap } from "./raw-value.ts";

/** What runs without any configuration file: this machine looks at all of its own ports and opens one decoy. Made anew for each call. */
export function defaultSections(interfaces: Interfaces): RawMap {
  return {
    reports: { save_to_file: true, directory: "reports" },
    listeners: { decoy: { host: "127.0.0.1", ports: 1417 } },
    // The only clients here are this machine's own: whoever tries it out wants to see them.
    alerts: { ignore: { loopback: false } },
    watches: {
      "this-machine": {
        label: "This machine",
        targets: [...ownAddresses(interfaces).scanned],
        // Its neighbours are nobody's question yet.
        devices: false,
        ports: "1-65535",
        schedule: "*/15 * * * *",
      },
    },
  };
}
