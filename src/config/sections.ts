import * as z from "zod";
import { alertsSchema } from "../inbound/decide/schema.ts";
import { enrichSchema } from "../inbound/enrich/schema.ts";
import { listenerSchema } from "../inbound/listen/schema.ts";
import { reportsSchema } from "../notify/channels/file/schema.ts";
import { emailSchema } from "../notify/channels/mail/schema.ts";
import { notifySchema } from "../notify/schema.ts";
import { devicesSchema } from "../outbound/devices/schema.ts";
import { scanLimitsSchema, scopeSchema } from "../outbound/scan/schema.ts";
import { standaloneSchema } from "../outbound/schedule/schema.ts";
import { portSectionSchema, watchEntrySchema } from "../outbound/schema.ts";
import { retentionSchema, storeSchema } from "../store/schema.ts";
import { webSchema } from "../web/schema.ts";
import { loggingSchema } from "./logging-schema.ts";

/** Names of watches appear in reports, logs and the database. */
const watchName = z
  .string()
  .regex(/^[^\p{Cc}]{1,100}$/u, "a watch's name is 1 to 100 characters without control characters")
  // Browsers resolve them in the addresses of the API, even where they are encoded (URL Standard, "double-dot URL path segment").
  .refine((name) => name !== "." && name !== "..", "a watch's name is not . or ..");

/** All sections except `port_*`: the schema of each module under its key. A new section needs one line here. */
export const configSections = z.strictObject({
  email: emailSchema.optional(),
  reports: reportsSchema.prefault({}),
  logging: loggingSchema.prefault({}).meta({ description: "The program's own log." }),
  standalone: standaloneSchema.prefault({}).meta({ description: "The daily time of watches without a schedule." }),
  notify: notifySchema.prefault({}).meta({ description: "Channels besides mail, and how deliveries are retried." }),
  store: storeSchema
    .default("sqlite:harbinger.db")
    .meta({ description: "`sqlite:FILE`, a plain file name, or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`." }),
  retention: retentionSchema.prefault({}).meta({ description: "What is pruned, and when." }),
  scan: scanLimitsSchema.prefault({}).meta({
    description: "Limits and timeouts of the built-in scanner and of the handshakes that confirm what nmap found.",
  }),
  scope: scopeSchema.prefault({}).meta({ description: "Which addresses may be probed." }),
  listeners: z
    .record(watchName, listenerSchema)
    .default({})
    .meta({ description: "Decoy ports, by name: connections to them are recorded and raise alerts." }),
  alerts: alertsSchema.prefault({}),
  enrich: enrichSchema.prefault({}).meta({ description: "What is looked up about clients of decoys." }),
  devices: devicesSchema
    .prefault({})
    .meta({ description: "Devices on this machine's own networks, with or without open ports." }),
  web: webSchema.prefault({}).meta({ description: "The pages and the API that `harbinger run` serves." }),
  watches: z
    .record(watchName, watchEntrySchema)
    .default({})
    .meta({ description: "What is scanned, by name: each entry is a watch with separate history." }),
});

/** The sections `port_*`, by name: one watch each, as in the earlier tool. */
export const portSections = z.record(watchName, portSectionSchema);

export const portSection = portSectionSchema;
export const portSectionPattern = "^port_";

/** Keys that are ignored, for anchors. */
export const freeKeyPattern = "^x-";

/** The validated configuration as written, with defaults filled in. */
export interface Sections {
  readonly named: z.output<typeof configSections>;
  readonly ports: z.output<typeof portSections>;
}
