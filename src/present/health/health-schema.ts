import * as z from "zod";

/** The parts of the running program, and whether each works. */
export const healthSchema = z.strictObject({
  healthy: z.boolean().meta({ description: "Whether all parts are." }),
  parts: z.array(
    z.strictObject({
      part: z.string().meta({ description: "`database`, `deliveries`, or `listener NAME`." }),
      healthy: z.boolean(),
      finding: z.string().meta({ description: "In words." }),
    }),
  ),
});

export type HealthJson = z.output<typeof healthSchema>;
