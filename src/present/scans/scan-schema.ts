import * as z from "zod";
import { count, list, text, time } from "../json-fields.ts";

/** JSON of one scan of a watch. */
export const scanSchema = z.strictObject({
  id: count("Number of the scan."),
  watch: text("Name of the watch."),
  engine: text("What scanned: `connect`, `syn`, `nmap` or `command`."),
  startedAt: time("When it began."),
  endedAt: time("When it ended.").optional(),
  status: z.enum(["running", "complete", "partial", "failed", "abandoned"]).meta({
    description: "`partial`: not everything was probed. `abandoned`: the program ended during the scan.",
  }),
  reason: text("Why it is not complete.").optional(),
  notes: list(z.string()).meta({ description: "What else is to be known about it." }),
  sighted: count("Open ports found."),
  coverage: text("What was really probed.").optional(),
});

export type ScanJson = z.output<typeof scanSchema>;
