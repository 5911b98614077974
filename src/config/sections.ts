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
import { loggingSchema } from "./logging-schema.ts";

/** Names of watches stand in reports, logs and the database. */
const watchName = z
  .string()
  .regex(/^[^\p{Cc}]{1,100}$/u, "a watch's name is 1 to 100 characters without control characters");

/** All sections but `port_*`: each module's own schema under its key. Adding a section is adding a line. */
export const configSections = z.strictObject({
  email: emailSchema.optional(),
  reports: reportsSchema.prefault({}),
  logging: loggingSchema.prefault({}).meta({ description: "The program's own log." }),
  standalone: standaloneSchema.prefault({}).meta({ description: "The daily time of watches without a schedule." }),
  notify: notifySchema
    .prefault({})
    .meta({ description: "Where messages go besides mail, and how patiently they are delivered." }),
  store: storeSchema
    .default("sqlite:harbinger.db")
    .meta({ description: "`sqlite:FILE`, a plain file name, or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`." }),
  retention: retentionSchema.prefault({}).meta({ description: "What is forgotten, and when." }),
  scan: scanLimitsSchema.prefault({}).meta({
    description: "Caps and time-outs of the built-in scanner and of the handshakes that confirm what nmap saw.",
  }),
  scope: scopeSchema.prefault({}).meta({ description: "Which addresses may be probed at all." }),
  listeners: z
    .record(watchName, listenerSchema)
    .default({})
    .meta({ description: "Decoy ports, by name: what is heard there is recorded and alerted." }),
  alerts: alertsSchema.prefault({}),
  enrich: enrichSchema.prefault({}).meta({ description: "What is found out about who connects to a decoy." }),
  devices: devicesSchema
    .prefault({})
    .meta({ description: "Devices on the networks that this machine is on, whether a port of them is open or not." }),
  watches: z
    .record(watchName, watchEntrySchema)
    .default({})
    .meta({ description: "What is looked for, by name: each entry is a watch with its own history." }),
});

/** The sections `port_*`, by name: a watch each, as the earlier tool had them. */
export const portSections = z.record(watchName, portSectionSchema);

export const portSection = portSectionSchema;
export const portSectionPattern = "^port_";

/** Keys that are free for the user, to hold anchors. */
export const freeKeyPattern = "^x-";

/** The configuration as written, checked, with defaults filled in. */
export interface Sections {
  readonly named: z.output<typeof configSections>;
  readonly ports: z.output<typeof portSections>;
}
