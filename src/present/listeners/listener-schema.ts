import * as z from "zod";
import { count, list, text } from "../json-fields.ts";

export const resetEarlyField = count(
  "Connections since the start of the program that the client reset at once, as a connect scan does: the system does not tell from where, so that they are not listed.",
);

/** JSON of one configured listener. */
export const listenerSchema = z.strictObject({
  name: text("Name of the listener."),
  ports: text("Its decoy ports: `22,3389`."),
  portCount: count("Number of these ports."),
  open: list(
    z.strictObject({ address: text("Address of this machine."), ports: text("Ports that are open there.") }),
  ).meta({ description: "Ports that are open now, by address." }),
  resetEarly: resetEarlyField,
});

export type ListenerJson = z.output<typeof listenerSchema>;
