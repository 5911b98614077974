import * as z from "zod";
import { address, text } from "../json-fields.ts";

/** JSON of one open port. */
export const sightingSchema = z.strictObject({
  address,
  port: z.int().min(1).max(65535).meta({ description: "TCP port." }),
  state: z.literal("open").meta({ description: "Only open ports are printed." }),
  hostname: text("Name by which the target was given.").optional(),
  service: z
    .strictObject({
      name: text("Protocol: `ssh`, `http`.").optional(),
      product: text("Product.").optional(),
      version: text("Version of the product.").optional(),
    })
    .optional()
    .meta({ description: "What answers there, where an external scanner tells." }),
});

export type SightingJson = z.output<typeof sightingSchema>;
