import * as z from "zod";
import { fingerprintKinds, maxCounted } from "../../core/connection-counts.ts";
import { address, count, list, text, time } from "../json-fields.ts";
import { holderFields } from "./connection-schema.ts";

const number = count("Number of connections.");

/** Also in the overview. */
export const countedSinceField = time(
  `Where more than ${maxCounted.toLocaleString("en")} connections are stored: only those since then are counted.`,
).optional();

/** A client, with what is known about it. */
export const sourceSchema = z.strictObject({
  address,
  count: number,
  lastAt: time("Its latest connection."),
  countryCode: text("ISO 3166-1 alpha-2.").optional(),
  country: text("Country.").optional(),
  organization: text("Holder of the autonomous system.").optional(),
  hostname: text("Name from reverse DNS.").optional(),
  known: z
    .literal(true)
    .optional()
    .meta({ description: "A scan found a service there, or a device of an own network had the address then." }),
  ...holderFields,
});

export const countrySchema = z.strictObject({
  countryCode: text("ISO 3166-1 alpha-2."),
  country: text("Country.").optional(),
  count: number,
});

/** What tells clients apart, and how many connections have it. */
export const fingerprintSchema = z.strictObject({
  kind: z
    .enum(fingerprintKinds)
    .meta({ description: "`ja4`: of TLS clients. `hassh`: of SSH clients. `userAgent`: of HTTP." }),
  value: text("The fingerprint."),
  count: number,
});

/** JSON of the connections of a time span, counted. Each list has the most frequent ones first. */
export const connectionSummarySchema = z.strictObject({
  since: time("Start of the span."),
  until: time("Its end, which is not included."),
  total: count("Connections to decoy ports in the span."),
  countedSince: countedSinceField,
  sources: count("Different addresses that they came from."),
  interval: z.enum(["hour", "day"]).meta({ description: "What `series` counts." }),
  series: list(z.strictObject({ start: time("Start of the hour or the day."), count: number })).meta({
    description:
      "Connections in each hour, or each day in the time zone of the server, from `since` on; the first and the last may be partial.",
  }),
  listeners: list(z.strictObject({ listener: text("Name of the listener."), count: number })).meta({
    description: "Listeners.",
  }),
  peers: list(sourceSchema).meta({ description: "Addresses." }),
  countries: list(countrySchema).meta({ description: "All countries, as far as they are known." }),
  networks: list(
    z.strictObject({
      asn: count("Number of the autonomous system.").optional(),
      organization: text("Its holder.").optional(),
      count: number,
    }),
  ).meta({ description: "Networks." }),
  protocols: list(z.strictObject({ protocol: text("Protocol."), count: number })).meta({ description: "Protocols." }),
  ports: list(z.strictObject({ port: z.int().min(0).max(65_535), count: number })).meta({
    description: "Local ports.",
  }),
  fingerprints: list(fingerprintSchema).meta({ description: "Fingerprints of clients, `top` of each kind." }),
});

export type ConnectionSummaryJson = z.output<typeof connectionSummarySchema>;
