import * as z from "zod";
import { flag, list, text, time } from "../json-fields.ts";

/** JSON of one device. */
export const deviceSchema = z.strictObject({
  mac: text("MAC address."),
  vendor: z.string().nullable().meta({ description: "Manufacturer of the network interface." }),
  randomised: flag("The MAC address is randomised (locally administered)."),
  names: list(z.string()).meta({ description: "Names that the device or the network has for it, best first." }),
  name: z.string().nullable().meta({ description: "Your own name for it." }),
  approved: flag("You approved it."),
  addresses: list(z.string()).meta({ description: "IP addresses that it has now; when it is gone, the last ones." }),
  firstSeen: time("When it was found for the first time."),
  lastSeen: time("When it was found last."),
  present: flag("It is on the network."),
});

export type DeviceJson = z.output<typeof deviceSchema>;
