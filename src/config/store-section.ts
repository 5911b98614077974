import * as z from "zod";
import { messageOf } from "../core/errors.ts";
import { parseStoreLocation } from "../store/location.ts";

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

/** Key `store` of the configuration: where everything is remembered. */
export const storeSection = z.union([
  location,
  z.strictObject({
    location: location.meta({
      description: "sqlite:FILE, relative to the working directory, or postgres://USER@HOST/DATABASE.",
    }),
    password: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "Password of the PostgreSQL user, where it does not stand in the URL.", secret: true }),
  }),
]);

export interface StoreSettings {
  /** As `parseStoreLocation` reads it; it may hold a password. */
  readonly location: string;
}

export function storeSettings(section: z.output<typeof storeSection>): StoreSettings {
  if (typeof section === "string") return { location: section };
  if (section.password === undefined || !/^postgres/i.test(section.location)) return { location: section.location };
  const url = new URL(section.location);
  url.password = encodeURIComponent(section.password);
  return { location: url.toString() };
}
