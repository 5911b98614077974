import * as z from "zod";
import { findingKinds } from "../../core/discovery-kinds.ts";
import { address, count, everyPort, flag, list, port, text, time } from "../json-fields.ts";

/** JSON of the device that a discovery is about. */
const deviceBriefSchema = z
  .strictObject({
    mac: text("MAC address."),
    name: text("Your own name for it, or the best of the others.").optional(),
    vendor: text("Manufacturer of the network interface.").optional(),
    randomised: flag("The MAC address is randomised."),
    approved: flag("You approved it."),
    addresses: list(z.string()).meta({ description: "IP addresses that it has now." }),
    isThere: z.literal(true).optional().meta({ description: "It answered when it was last looked for." }),
  })
  .meta({ description: "Device that the discovery is about, or that has the address now." });

export const endedBy = z.enum(["protected", "replaced", "no-conflict", "found-again", "gone"]).meta({
  description:
    "`protected`: a check found that the exposed service needs authentication. `replaced`: a check found only valid certificates. `no-conflict`: the survey of devices found the address with one device at most, or as its owner has it. `found-again`: the watch discovered the same once more, as another discovery says. `gone`: no watch sees the service any more.",
});

export const endedAt = time(
  "When a check or a survey found it, or since when it is gone; absent where that is not known.",
);

/** JSON of one discovery. */
export const discoverySchema = z.strictObject({
  id: count("Number of the discovery."),
  watch: text("Name of the watch."),
  scanId: count("Number of the scan."),
  kind: z.enum([...findingKinds, "scan-failed"]).meta({ description: "See [kinds](#kinds-of-discovery)." }),
  at: time("When it was discovered."),
  address: address.optional(),
  port: port.optional(),
  firstSeen: time("When the service was seen for the first time.").optional(),
  lastSeen: time("When it was seen last; of `gone`, `returned` and `flapping` the last time before that.").optional(),
  hostname: text("Name from reverse DNS.").optional(),
  mac: text("MAC address.").optional(),
  vendor: text("Manufacturer of the network interface.").optional(),
  product: text("What answers there.").optional(),
  version: text("Version of the product.").optional(),
  device: deviceBriefSchema.optional(),
  movedDevice: deviceBriefSchema.optional().meta({
    description: "Of `gone`: device that had the address then, and has the addresses listed here now.",
  }),
  isKnownHost: flag("Of `new`: the host was known before, by another port or to another watch.").optional(),
  addresses: list(z.string())
    .optional()
    .meta({ description: "Of what was found of a device: IP addresses that it is about; at most 32." }),
  detail: text("What changed, or why the scan failed.").optional(),
  evidence: text("Output of the checks and of `post_command`.").optional(),
  firstScan: flag("Found by the first scan of the watch, in which everything is new."),
  mutedUntil: time("A mute covered it, or the beginning of what it ends, until then: it was not announced.").optional(),
  acknowledged: z
    .strictObject({
      at: time("When."),
      by: text("Who; empty where nobody has to log in."),
      note: text("What they say about it."),
    })
    .optional()
    .meta({ description: "Somebody has seen it." }),
  ended: z
    .strictObject({
      by: endedBy,
      at: endedAt.optional(),
    })
    .optional()
    .meta({
      description:
        "Of `exposed` and `certificate-expired`: it is over, and not urgent any more. It may have begun again later: then another discovery says so. In `harbinger reports show` also of every other kind whose service is gone.",
    }),
  everyPort,
});

export type DiscoveryJson = z.output<typeof discoverySchema>;
