import { z } from "zod";
import { messageOf } from "../core/errors.ts";
import { parseStoreLocation } from "./location.ts";

const location = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    try {
      parseStoreLocation(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: messageOf(error) });
    }
  });

/**
 * The key `store:`: a file (`sqlite:harbinger.db`, or just its name) or a PostgreSQL URL; or an object with either and
 * the password apart, so that it can come from a file or the environment.
 */
export const storeSchema = z.union([
  location,
  z.strictObject({
    location: location.meta({
      description: "sqlite:FILE, relative to the working directory, or postgres://USER@HOST:PORT/DATABASE.",
    }),
    password: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "Password of the PostgreSQL user, where it does not stand in the URL.", secret: true }),
  }),
]);

/** What `openStore` takes from the configuration. */
export interface StoreSettings {
  readonly location: string;
  readonly password?: string;
}

export function storeSettings(section: z.output<typeof storeSchema>): StoreSettings {
  if (typeof section === "string") return { location: section };
  return {
    location: section.location,
    ...(section.password === undefined ? {} : { password: section.password }),
  };
}
