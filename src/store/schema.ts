import { z } from "zod";
import { messageOf } from "../core/errors.ts";
import { durationMs, durationSchema, sizeBytes, sizeSchema } from "../present/settings/value-schemas.ts";
import { parseStoreLocation } from "./location.ts";

const location = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    try {
      parseStoreLocation(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: messageOf(error) });
    }
  });

/**
 * The key `store:`: a file (`sqlite:harbinger.db`, or just its name) or a PostgreSQL URL; or an object with either and
 * the password separately, so that it can come from a file or the environment.
 */
export const storeSchema = z.union([
  location,
  z.strictObject({
    location: location.meta({
      description: "sqlite:FILE, relative to the working directory, or postgres://USER@HOST:PORT/DATABASE.",
    }),
    password: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "Password of the PostgreSQL user, where it is not in the URL.", secret: true }),
  }),
]);

/** What `openStore` takes from the configuration. */
export interface StoreSettings {
  readonly location: string;
  readonly password?: string | undefined;
}

export function storeSettings(section: z.output<typeof storeSchema>): StoreSettings {
  if (typeof section === "string") return { location: section };
  return { location: section.location, password: section.password };
}

const age = durationSchema({ expected: 'a duration such as "30d", an hour or more', min: 60 * 60 * 1000 });

const size = sizeSchema({ expected: 'a size such as "500MB" or "2GiB", 10MB or more', min: 10_000_000 });

/** Section `retention`: what is deleted, and when. What is not delivered yet is never deleted. */
export const retentionSchema = z.strictObject({
  reports: age.default("400d").meta({
    description:
      "Delivered reports, scans with their discoveries, certificates that no service presents any more, and devices that are gone and that nobody named or approved are deleted after this time.",
  }),
  hosts: age.default("400d").meta({
    description:
      "Hosts and ports that every watch has missed for this time are deleted, with their check results. One that returns later is new.",
  }),
  connections: age.default("90d").meta({
    description: "Connections to decoy ports, and alerts that were delivered or given up, are deleted after this time.",
  }),
  connections_at_most: z.int().min(1000).max(100_000_000).default(1_000_000).meta({
    description:
      "Maximum number of connections; the oldest are deleted first. One takes half a KiB and the stored part of its payload (`capture.max_bytes`). The same payload is stored once, however often it was sent.",
  }),
  connections_max_size: sizeSchema({ expected: 'a size such as "250MB" or "1GiB", 1MB or more', min: 1_000_000 })
    .default("250MB")
    .meta({
      description:
        "Approximate maximum size of the connections in the database; above it the oldest are deleted at once, whatever their number. The file of a SQLite database that was created or restored by this version shrinks afterwards, except for a tenth of its size; in other databases the freed space is used again.",
    }),
  scans_at_most: z.int().min(1000).max(100_000_000).default(1_000_000).meta({
    description:
      "Maximum number of scans; the oldest are deleted first, with their discoveries. The last scan of each watch stays, and so does what is not delivered yet.",
  }),
  discoveries_at_most: z.int().min(1000).max(100_000_000).default(5_000_000).meta({
    description: "Maximum number of discoveries; above it the oldest scans are deleted with theirs, in the same way.",
  }),
  max_size: size.default("10GB").meta({
    description:
      "Maximum size of the whole database, checked each hour. Above it the oldest records are deleted: connections first, then delivered messages, then scans with their discoveries. Everything of the last day stays, and so does what the other limits never delete; where that is too much, the log reports once what takes the space. A SQLite file may be a tenth larger. For PostgreSQL it is the approximate size of the rows.",
  }),
  report_files: age.optional().meta({
    description:
      "Reports in `reports.directory` are deleted after this time: files named as Harbinger names them (`LABEL_20260131_080000.txt`), with the `.json` and `.html` of the same name. Other files there stay. Without this key and the next two, all reports stay.",
  }),
  report_files_at_most: z.int().min(1).max(100_000_000).optional().meta({
    description: "Maximum number of those reports; the oldest are deleted first.",
  }),
  report_files_max_size: size
    .optional()
    .meta({ description: "Maximum size of those reports; the oldest are deleted first." }),
});

export interface RetentionSettings {
  readonly reportsMs: number;
  readonly hostsMs: number;
  readonly connectionsMs: number;
  readonly connectionsAtMost: number;
  readonly connectionsMaxBytes: number;
  readonly scansAtMost: number;
  readonly discoveriesAtMost: number;
  readonly maxBytes: number;
  readonly reportFiles: {
    readonly ageMs?: number | undefined;
    readonly atMost?: number | undefined;
    readonly maxBytes?: number | undefined;
  };
}

export function retentionSettings(section: z.output<typeof retentionSchema>): RetentionSettings {
  return {
    reportsMs: durationMs(section.reports),
    hostsMs: durationMs(section.hosts),
    connectionsMs: durationMs(section.connections),
    connectionsAtMost: section.connections_at_most,
    connectionsMaxBytes: sizeBytes(section.connections_max_size),
    scansAtMost: section.scans_at_most,
    discoveriesAtMost: section.discoveries_at_most,
    maxBytes: sizeBytes(section.max_size),
    reportFiles: {
      ageMs: section.report_files === undefined ? undefined : durationMs(section.report_files),
      atMost: section.report_files_at_most,
      maxBytes: section.report_files_max_size === undefined ? undefined : sizeBytes(section.report_files_max_size),
    },
  };
}
