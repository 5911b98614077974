import * as z from "zod";
import { deviceSchema } from "../devices/device-schema.ts";
import { address, count, flag, list, text, time } from "../json-fields.ts";
import { originSchema } from "./connection-schema.ts";
import { countedSinceField, fingerprintSchema, sourceSchema } from "./summary-schema.ts";

const number = count("Number of connections.");

/** JSON of one source: an address that connected to decoy ports. Each list has the most frequent ones first. */
export const sourceDetailsSchema = z.strictObject({
  address,
  count: count("Its connections to decoy ports."),
  firstSeen: time("Its first connection that is stored."),
  lastSeen: time("Its latest connection."),
  origin: originSchema.optional().meta({ description: "Where it is, as far as known." }),
  known: flag("A scan found a service at this address, or a device of an own network had it when it connected."),
  device: deviceSchema
    .optional()
    .meta({ description: "Device of an own network that had the address when it connected." }),
  devices: list(deviceSchema)
    .optional()
    .meta({ description: "Instead of `device`, where several had it in that time: all of them, 10 at most." }),
  since: time("Start of the time span in which the lists below count: the last 366 days."),
  countedSince: countedSinceField,
  protocols: list(z.strictObject({ protocol: text("Protocol."), count: number })).meta({
    description: "Protocols that it used.",
  }),
  ports: list(z.strictObject({ port: z.int().min(0).max(65_535), count: number })).meta({
    description: "Local ports that it connected to.",
  }),
  listeners: list(z.strictObject({ listener: text("Name of the listener."), count: number })).meta({
    description: "Listeners that it connected to.",
  }),
  fingerprints: list(
    z.strictObject({
      ...fingerprintSchema.shape,
      otherSources: count("Of `ja4` and `hassh`: how many other addresses have it too.").optional(),
      others: list(sourceSchema).optional().meta({ description: "Those of them with the most connections." }),
    }),
  ).meta({ description: "Fingerprints of its clients." }),
});

export type SourceDetailsJson = z.output<typeof sourceDetailsSchema>;
