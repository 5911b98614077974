import * as z from "zod";
import { address, count, flag, text, time } from "../json-fields.ts";

/** JSON of one mute. */
export const muteSchema = z.strictObject({
  id: count("Number of the mute."),
  kind: z.enum(["host", "device", "source"]).meta({
    description:
      "`host`: discoveries at an address. `device`: discoveries of a device and at its addresses. `source`: alerts to connections from an address or a network.",
  }),
  address: address.optional().meta({ description: "Of a `host`." }),
  port: z.int().min(1).max(65_535).optional().meta({ description: "Of a `host`: only this port." }),
  mac: text("Of a `device`: its MAC address.").optional(),
  source: text("Of a `source`: an address, a network or a range.").optional(),
  note: text("Why it is muted."),
  by: text("Who muted it; empty where nobody has to log in."),
  createdAt: time("Since when it is muted."),
  until: time("When the mute ends, or ended."),
  active: flag("It is in force now."),
  endedBy: text("Who ended it before its time.").optional(),
});

export type MuteJson = z.output<typeof muteSchema>;
