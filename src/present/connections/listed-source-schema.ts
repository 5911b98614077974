import * as z from "zod";
import { list, text } from "../json-fields.ts";
import { holderFields } from "./connection-schema.ts";
import { sourceDetailsSchema } from "./source-schema.ts";

const { address, count, firstSeen, lastSeen, origin, known } = sourceDetailsSchema.shape;

/** JSON of one source in the list of all of them. */
export const listedSourceSchema = z.strictObject({
  address,
  count,
  firstSeen,
  lastSeen,
  origin,
  known,
  ...holderFields,
  protocols: list(text("Protocol.")).meta({ description: "Protocols of its latest 100 connections." }),
});

export type ListedSourceJson = z.output<typeof listedSourceSchema>;
