import * as z from "zod";
import { checkPlace } from "../core/file-place.ts";
import { sizeBytes, sizeSchema } from "../present/settings/value-schemas.ts";

const fileSize = sizeSchema({ expected: 'a size such as "100MB" or "64MiB", 1MB or more', min: 1_000_000 });

/** Section `logging` of the configuration. */
export const loggingSchema = z.strictObject({
  level: z
    .string()
    .regex(/^(?:debug|info|warning|error)$/i, "expected DEBUG, INFO, WARNING or ERROR")
    .default("INFO")
    .meta({
      description: "The lowest level that is logged.",
      kind: "`DEBUG`, `INFO`, `WARNING` or `ERROR`, in any case",
    }),
  file: z
    .union([z.string().min(1).superRefine(checkPlace), z.literal(false)])
    .default("harbinger.log")
    .meta({ description: "The log file; `false`: none.", kind: "path or `false`" }),
  max_size: fileSize.default("1GB").meta({
    description:
      "Maximum size of the log file and the previous one together: at half of it the file is renamed to FILE.1, replacing the earlier FILE.1. Other programs (logrotate) may rename it at any time.",
  }),
  connections: z.string().min(1).superRefine(checkPlace).optional().meta({
    description:
      "A file for log shippers: every recorded connection to a decoy, one JSON object per line, as `harbinger connections --json` prints it. It may be renamed at any time (logrotate); if the disk is full, only its lines are lost.",
    kind: "path",
  }),
  connections_max_size: fileSize.default("100MB").meta({
    description:
      "Maximum size of that file and the previous one together: at half of it the file is renamed to FILE.1, replacing the earlier FILE.1.",
  }),
});

export interface LoggingSettings {
  readonly level: "debug" | "info" | "warning" | "error";
  /** `undefined`: no file. */
  readonly file: string | undefined;
  /** Limit of the file and the previous one together. */
  readonly maxBytes: number;
  /** Where connections are written as lines of JSON. */
  readonly connections?: { readonly path: string; readonly maxBytes: number } | undefined;
}

export function loggingSettings(section: z.output<typeof loggingSchema>): LoggingSettings {
  const level = section.level.toLowerCase();
  return {
    level: level === "debug" || level === "warning" || level === "error" ? level : "info",
    file: section.file === false ? undefined : section.file,
    maxBytes: sizeBytes(section.max_size),
    connections:
      section.connections === undefined
        ? undefined
        : { path: section.connections, maxBytes: sizeBytes(section.connections_max_size) },
  };
}
