import * as z from "zod";

/** The rows of a list that have one value in common, in the API. */
export const groupSchema = z.strictObject({
  key: z
    .string()
    .optional()
    .meta({ description: "Subnet, MAC address, label or vendor; absent: the rows that have none." }),
  name: z.string().optional().meta({ description: "Of a device that has one." }),
  count: z.int().meta({ description: "How many rows." }),
});

export type GroupJson = z.output<typeof groupSchema>;
