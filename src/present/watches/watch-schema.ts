import * as z from "zod";
import { flag, list, text, time } from "../json-fields.ts";

/** JSON of one configured watch. */
export const watchSchema = z.strictObject({
  name: text("Name of the watch."),
  label: text("Label of its reports."),
  ports: text("Ports that it scans: `22,8000-8100`."),
  engine: text("What scans."),
  targets: list(z.string()).optional().meta({ description: "What it scans, where the configuration lists it." }),
  exclude: list(z.string()).optional().meta({ description: "What it leaves out." }),
  checks: list(z.string()).meta({ description: "Checks of the services that it finds." }),
  devices: flag("It looks for devices, too."),
  schedule: text("Cron expression; absent where it runs at the daily report time.").optional(),
  running: flag("It is running now."),
  nextAt: time("When it runs next.").optional(),
});

export type WatchJson = z.output<typeof watchSchema>;
