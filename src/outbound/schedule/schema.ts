import * as z from "zod";
import { timeZoneProblem } from "../../core/wall-clock.ts";

/** Seconds are allowed, as in the earlier tool, and do not count. */
const timeOfDay = /^(\d{1,2}):(\d{2})(?::[0-5]\d)?$/;

/** Section `standalone` of the configuration: when watches without a schedule of their own run. */
export const standaloneSchema = z.strictObject({
  report_time: z
    .string()
    .regex(timeOfDay, "expected a time of day from 00:00 to 23:59")
    .refine((text) => parseTimeOfDay(text) !== undefined, "expected a time of day from 00:00 to 23:59")
    .default("08:00")
    .meta({
      description: "When watches without a schedule run each day, `HH:MM`. Seconds are allowed and do not count.",
      kind: "time of day",
    }),
  time_zone: z
    .string()
    .superRefine((name, context) => {
      const message = timeZoneProblem(name);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    })
    .optional()
    .meta({
      description:
        "IANA name of the zone of `report_time`, of all schedules, and of the times in mails, pages and lists: `Europe/Berlin`. Log files are in UTC, log lines of a terminal in the system's zone. Default: the system's.",
    }),
});

export interface StandaloneSettings {
  readonly reportTime: TimeOfDay;
  /** IANA name; absent: the system's zone. */
  readonly timeZone?: string;
}

export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
}

export function standaloneSettings(section: z.output<typeof standaloneSchema>): StandaloneSettings {
  const reportTime = parseTimeOfDay(section.report_time) ?? { hour: 8, minute: 0 };
  return section.time_zone === undefined ? { reportTime } : { reportTime, timeZone: section.time_zone };
}

function parseTimeOfDay(text: string): TimeOfDay | undefined {
  const match = timeOfDay.exec(text);
  if (match === null) return undefined;
  const time = { hour: Number(match[1]), minute: Number(match[2]) };
  return time.hour < 24 && time.minute < 60 ? time : undefined;
}
