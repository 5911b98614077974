import * as z from "zod";

/** Section `logging` of the configuration. */
export const loggingSchema = z.strictObject({
  level: z
    .string()
    .regex(/^(?:debug|info|warning|error)$/i, "expected DEBUG, INFO, WARNING or ERROR")
    .default("INFO")
    .meta({ description: "The least important lines to keep: DEBUG, INFO, WARNING or ERROR, in any case." }),
  file: z
    .union([z.string().min(1), z.literal(false)])
    .default("harbinger.log")
    .meta({ description: "The log file, relative to the working directory; false keeps none." }),
  connections: z.string().min(1).max(4096).optional().meta({
    description:
      "A file for log shippers, relative to the working directory: every connection that is recorded, one JSON object a line, as harbinger connections --json prints it.",
  }),
});

export interface LoggingSettings {
  readonly level: "debug" | "info" | "warning" | "error";
  /** `undefined`: no file. */
  readonly file: string | undefined;
  /** Where connections are written as lines of JSON. */
  readonly connections?: string;
}

export function loggingSettings(section: z.output<typeof loggingSchema>): LoggingSettings {
  const level = section.level.toLowerCase();
  return {
    level: level === "debug" || level === "warning" || level === "error" ? level : "info",
    file: section.file === false ? undefined : section.file,
    ...(section.connections === undefined ? {} : { connections: section.connections }),
  };
}
