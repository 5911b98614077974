import * as z from "zod";

export const healthOfPartSchema = z.strictObject({
  part: z.string().meta({ description: "`database`, `deliveries`, or `listener NAME`." }),
  healthy: z.boolean(),
  finding: z.string().meta({ description: "In words." }),
  deliveries: z
    .enum(["waiting", "dead"])
    .optional()
    .meta({ description: "The deliveries that show why: those that wait, or those that were given up." }),
});

/** The parts of the running program, and whether each works. */
export const healthSchema = z.strictObject({
  healthy: z.boolean().meta({ description: "Whether all parts are." }),
  parts: z.array(healthOfPartSchema),
});

export type HealthOfPart = z.output<typeof healthOfPartSchema>;
export type HealthJson = z.output<typeof healthSchema>;
export type ListedDeliveries = NonNullable<HealthOfPart["deliveries"]>;
