import * as z from "zod";
import { discoverySchema } from "../discoveries/discovery-schema.ts";
import { count, list, text } from "../json-fields.ts";

/** JSON of discoveries of one kind that a scan made of one device, or of several. */
export const discoveryGroupSchema = z.strictObject({
  latest: discoverySchema,
  count: count("How many discoveries it joins."),
  isPartial: z.literal(true).optional().meta({ description: "There may be more of them, which are not counted." }),
  things: count(
    "Devices, or addresses without a known device, that they are about; one unless a scan found the same of more than 3.",
  ),
  areDevices: z.literal(true).optional().meta({ description: "Each of them is a known device." }),
  addresses: list(z.string()).meta({ description: "IP addresses that they are about; at most 5." }),
  addressCount: count("Number of these addresses."),
  search: text("Search of the list of discoveries that finds all of them."),
});

export type DiscoveryGroupJson = z.output<typeof discoveryGroupSchema>;
