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
 * the password apart, so that it can come from a file or the environment.
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
      .meta({ description: "Password of the PostgreSQL user, where it does not stand in the URL.", secret: true }),
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

/** Section `retention`: what is forgotten, and when. What is not delivered yet is never forgotten. */
export const retentionSchema = z.strictObject({
  reports: age.default("400d").meta({
    description:
      "Delivered reports, scans with what they discovered, certificates that nobody shows any more, and devices that are gone and that nobody named or approved are forgotten after this time.",
  }),
  hosts: age.default("400d").meta({
    description:
      "Hosts and ports that every watch has missed for this time are forgotten, with what checks found. One that comes back later is new.",
  }),
  connections: age.default("90d").meta({
    description:
      "Connections to decoy ports, and alerts that were delivered or given up, are forgotten after this time.",
  }),
  connections_at_most: z.int().min(1000).max(100_000_000).default(1_000_000).meta({
    description:
      "So many connections are kept; the oldest go first. One takes half a KiB, and what was kept of its bytes (`capture.max_bytes`), which stands once however often it was sent.",
  }),
  connections_max_size: sizeSchema({ expected: 'a size such as "250MB" or "1GiB", 1MB or more', min: 1_000_000 })
    .default("250MB")
    .meta({
      description:
        "What connections may take in the database, about; past it the oldest go at once, whatever their number. The file of a SQLite database that was made by this version or restored by it shrinks afterwards, but for a tenth of it; in others what is freed is used again.",
    }),
  scans_at_most: z.int().min(1000).max(100_000_000).default(1_000_000).meta({
    description:
      "So many scans are kept; the oldest go first, with what they discovered. The last one of each watch stays, and what is not delivered yet.",
  }),
  discoveries_at_most: z.int().min(1000).max(100_000_000).default(5_000_000).meta({
    description: "Past so many discoveries the oldest scans go with theirs, in the same way.",
  }),
  max_size: size.default("10GB").meta({
    description:
      "What may be stored in the whole database, looked at each hour. Past it the oldest go: connections first, then messages that were delivered, then scans with what they discovered. Nothing of the last day goes, nor what any other limit keeps; where that is too much, the log says once what takes the room. A file of SQLite may be a tenth larger. Of PostgreSQL it is what the rows take, about.",
  }),
  report_files: age.optional().meta({
    description:
      "Reports in `reports.directory` are removed after this time: files that are named as Harbinger names them (`LABEL_20260131_080000.txt`), with the `.json` and `.html` of the same name. Nothing else there is touched. Without it, and the next two, all stay.",
  }),
  report_files_at_most: z.int().min(1).max(100_000_000).optional().meta({
    description: "So many of those reports are kept; the oldest go first.",
  }),
  report_files_max_size: size.optional().meta({ description: "What those reports may take; the oldest go first." }),
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
