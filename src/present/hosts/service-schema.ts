import * as z from "zod";
import { certificateSchema } from "../certificates/certificate-schema.ts";
import { deviceSchema } from "../devices/device-schema.ts";
import { address, everyPort, flag, list, port, sharedBy, text, time } from "../json-fields.ts";

/** JSON of one service: an open port of an address. */
export const serviceSchema = z.strictObject({
  address,
  port,
  firstSeen: time("When a scan found it for the first time."),
  lastSeen: time("When a scan found it last."),
  hostname: text("Name from reverse DNS.").optional(),
  mac: text("MAC address, of the scan or of the device that has the address now.").optional(),
  vendor: text("Manufacturer of the network interface, likewise.").optional(),
  deviceName: text("Name of the device that has the address now: its owner's, or else the best other one.").optional(),
  sharedBy: sharedBy("now"),
  name: text("Protocol: `ssh`, `http`.").optional(),
  product: text("What answers there: `nginx`.").optional(),
  version: text("Version of the product.").optional(),
  watches: list(
    z.strictObject({
      watch: text("Name of the watch."),
      state: z
        .enum(["present", "gone", "flapping", "inherited"])
        .meta({ description: "`inherited`: imported, and not seen yet by this watch itself." }),
    }),
  ).meta({ description: "Every watch that knows the service." }),
  exposed: z.literal(true).optional().meta({ description: "The last exposure check found it open to everybody." }),
  everyPort,
});

const checkResultSchema = z.strictObject({
  check: text("Name of the check."),
  time: time(
    "When it gave this result last. A run that could not reach the service leaves the result of the one before.",
  ),
  passed: flag("The check passed."),
  verdict: z
    .enum(["exposed", "protected", "inconclusive"])
    .optional()
    .meta({ description: "Result of the exposure check." }),
  output: text("The result in words."),
  facts: z.record(z.string(), z.unknown()).meta({ description: "What the check found, by name." }),
});

/** JSON of one service of the address that was asked for. */
export const serviceDetailsSchema = z.strictObject({
  ...serviceSchema.shape,
  results: list(checkResultSchema).meta({ description: "Last result of each check." }),
  certificates: list(certificateSchema).meta({
    description: "Certificates that the service presents or presented; fields as of [certificates](#certificates).",
    isDescribedElsewhere: true,
  }),
  device: deviceSchema.optional().meta({
    description: "Device that has the address, missing where several have it; fields as of [devices](#devices).",
    isDescribedElsewhere: true,
  }),
  devices: list(deviceSchema).optional().meta({
    description: "Where several devices have the address: all of them; fields as of [devices](#devices).",
    isDescribedElsewhere: true,
  }),
});

export type ServiceJson = z.output<typeof serviceSchema>;
export type ServiceDetailsJson = z.output<typeof serviceDetailsSchema>;
export type CheckResultJson = z.output<typeof checkResultSchema>;
