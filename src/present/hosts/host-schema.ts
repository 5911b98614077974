import * as z from "zod";
import { certificateSchema } from "../certificates/certificate-schema.ts";
import { connectionSchema } from "../connections/connection-schema.ts";
import { deviceSchema } from "../devices/device-schema.ts";
import { discoverySchema } from "../discoveries/discovery-schema.ts";
import { address, count, list, sharedBy, text, time } from "../json-fields.ts";
import { serviceDetailsSchema } from "./service-schema.ts";

const texts = (description: string) => list(z.string()).meta({ description });

/** JSON of one host: all services at one address, summarised. */
export const hostSchema = z.strictObject({
  address,
  firstSeen: time("When a scan found one of its services for the first time."),
  lastSeen: time("When a scan found one of its services last."),
  hostnames: texts("Names from reverse DNS, the latest first."),
  macs: texts("MAC addresses, of scans and of the devices that have the address now."),
  vendors: texts("Manufacturers of the network interface, likewise."),
  deviceName: text("Name of the device that has the address now: its owner's, or else the best other one.").optional(),
  sharedBy: sharedBy("now"),
  serviceCount: count("Number of all its services."),
  states: list(z.enum(["present", "gone", "flapping", "inherited"])).meta({
    description: "States of its services, each once.",
  }),
  exposed: z
    .literal(true)
    .optional()
    .meta({ description: "The last exposure check found one of its services open to everybody." }),
});

/** JSON of everything that is known of one address. */
export const hostDetailsSchema = z.strictObject({
  address,
  services: list(serviceDetailsSchema).meta({ description: "Its services by port, with the results of checks." }),
  certificates: list(certificateSchema).meta({ description: "Certificates that it presents or presented." }),
  device: deviceSchema
    .optional()
    .meta({ description: "Device that has the address now; missing where several have it, which `devices` has then." }),
  devices: list(deviceSchema)
    .optional()
    .meta({ description: "Where several devices have the address now: all of them." }),
  discoveries: list(discoverySchema).meta({ description: "Its latest discoveries, newest first." }),
  connectionCount: count("Number of all its connections to decoy ports."),
  connections: list(connectionSchema).meta({ description: "Its latest connections to decoy ports, newest first." }),
});

export type HostJson = z.output<typeof hostSchema>;
