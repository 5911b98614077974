import * as z from "zod";
import { checkPlace } from "../../../core/file-place.ts";

/** Section `reports` of the configuration. */
export const reportsSchema = z
  .strictObject({
    save_to_file: z.boolean().default(false).meta({
      description: "Keep every report as a file, too. A report without a recipient is always kept as a file.",
    }),
    directory: z
      .string()
      .min(1)
      .superRefine(checkPlace)
      .default("reports")
      .meta({ description: "Folder of the files, created when it is needed.", kind: "path" }),
    json: z.boolean().default(false).meta({ description: "Keep a machine-readable report beside each file." }),
    html: z.boolean().default(true).meta({ description: "Send mails with an HTML version beside the plain text." }),
  })
  .meta({ description: "Reports as files, and their forms." });

export type ReportsSection = z.output<typeof reportsSchema>;

export interface ReportSettings {
  readonly saveToFile: boolean;
  readonly directory: string;
  readonly json: boolean;
  readonly html: boolean;
}

export function reportSettings(section: ReportsSection): ReportSettings {
  return { saveToFile: section.save_to_file, directory: section.directory, json: section.json, html: section.html };
}
