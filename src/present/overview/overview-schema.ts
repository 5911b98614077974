import * as z from "zod";
import { findingKinds, urgentKinds } from "../../core/discovery-kinds.ts";
import { countedSinceField, countrySchema, sourceSchema } from "../connections/summary-schema.ts";
import { deliverySchema } from "../deliveries/delivery-schema.ts";
import { discoverySchema } from "../discoveries/discovery-schema.ts";
import { count, list, text, time } from "../json-fields.ts";
import { resetEarlyField } from "../listeners/listener-schema.ts";
import { scanSchema } from "../scans/scan-schema.ts";
import { watchSchema } from "../watches/watch-schema.ts";
import { discoveryGroupSchema } from "./discovery-group-schema.ts";

const number = count("Number of connections.");

const openPorts = list(count("Open ports.")).meta({
  description: "How many open ports its latest complete scans found, the latest last; of 12 scans at most.",
});

/** JSON of the last 24 hours, and of what comes next. */
export const overviewSchema = z.strictObject({
  time: time("When it was made."),
  since: time("Start of the first of the 24 hours."),
  discoveries: z.strictObject({
    counts: list(
      z.strictObject({
        kind: z.enum([...findingKinds, "scan-failed"]),
        count: count("Number of discoveries."),
        over: count("How many of them have ended: see `ended` of a discovery."),
      }),
    ).meta({
      description: "Discoveries since then by kind, without those of first scans; of the latest 50,000 discoveries.",
    }),
    notAcknowledged: count(
      "Discoveries of the last 7 days that nobody acknowledged, without those of first scans and muted ones; of the latest 50,000 discoveries.",
    ),
    urgent: z
      .strictObject({
        count: count("Number of these discoveries."),
        latest: list(discoverySchema).meta({ description: "The latest of them, newest first; at most 10." }),
        groups: list(discoveryGroupSchema).meta({
          description: "The latest 200 of them, those of one device in one scan joined; at most 10.",
        }),
      })
      .meta({
        description: `Discoveries of urgent kinds (${urgentKinds.join(", ")}) of the last 7 days that nobody acknowledged, also those of first scans, without muted ones and those that have ended; of the latest 50,000 discoveries.`,
      }),
    firstScans: list(
      z.strictObject({
        scanId: count("Number of the scan."),
        watch: text("Name of the watch."),
        at: time("When what it found was recorded."),
        devices: count("Devices that were never seen before."),
        openPorts: count("Open ports; a host on which every port answers counts as one."),
      }),
    ).meta({
      description:
        "What the first scans of watches found since then, the newest scan first; at most 5, of the latest 50,000 discoveries.",
    }),
    latest: list(discoverySchema).meta({
      description: "The latest discoveries since then, without those of first scans, newest first; at most 10.",
    }),
    groups: list(discoveryGroupSchema).meta({
      description:
        "The latest 200 discoveries since then, without those of first scans and without those in `urgent.groups`: those of one device in one scan joined, and those of one kind in one scan of more than 3 devices; at most 10.",
    }),
  }),
  mutes: count("Mutes in force: what they cover is not announced."),
  connections: z
    .strictObject({
      total: count("Connections to decoy ports since then."),
      countedSince: countedSinceField,
      sources: count("Different addresses that they came from."),
      listeners: list(
        z.strictObject({
          listener: text("Name of the listener."),
          total: number,
          hours: list(number).meta({ description: "Connections in each hour since `since`." }),
          resetEarly: resetEarlyField,
        }),
      ).meta({ description: "Configured listeners, and others with connections." }),
      peers: list(sourceSchema).meta({ description: "Clients with the most connections." }),
      countries: list(countrySchema).meta({ description: "Most frequent countries." }),
      protocols: list(z.strictObject({ protocol: text("Protocol."), count: number })).meta({
        description: "Most frequent protocols.",
      }),
      ports: list(z.strictObject({ port: z.int().min(0).max(65_535), count: number })).meta({
        description: "Most frequent local ports.",
      }),
    })
    .optional()
    .meta({
      description:
        "Missing while they are counted for the first time after a start, which takes seconds where a million of them are stored: ask again.",
    }),
  deliveries: z.strictObject({
    states: list(
      z.strictObject({
        state: z.enum(["open", "waiting", "sending", "dead"]),
        count: count("Number of deliveries."),
        oldestAt: time("When the oldest of them was created."),
      }),
    ).meta({ description: "Deliveries that are not finished or were given up." }),
    dead: list(deliverySchema).meta({ description: "The latest that were given up." }),
  }),
  watches: list(z.strictObject({ ...watchSchema.shape, lastScan: scanSchema.optional(), openPorts })).meta({
    description: "Watches with their last scan, the next one to run first; at most 100.",
  }),
});

export type OverviewJson = z.output<typeof overviewSchema>;
