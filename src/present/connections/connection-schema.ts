import * as z from "zod";
import { protocolNames } from "../../core/identification.ts";
import { address, count, flag, list, sharedBy, text, time } from "../json-fields.ts";

const portNumber = z.int().min(0).max(65535).meta({ description: "TCP port." });

function endpoint(description: string) {
  return z.strictObject({ address, port: portNumber }).meta({ description });
}

export const originSchema = z.strictObject({
  countryCode: text("ISO 3166-1 alpha-2.").optional(),
  country: text("Country.").optional(),
  region: text("Region.").optional(),
  city: text("City.").optional(),
  latitude: z.number().optional().meta({ description: "Degrees north." }),
  longitude: z.number().optional().meta({ description: "Degrees east." }),
  asn: count("Number of the autonomous system.").optional(),
  organization: text("Holder of the autonomous system.").optional(),
  provider: text("Internet provider.").optional(),
  hostname: text("Name from reverse DNS.").optional(),
  hostnameConfirmed: flag("The name resolves back to the address.").optional(),
  placeSource: text("Source of the place: `maxmind`, `country-data`, `ip-api`.").optional(),
});

/** Answer of `identify`; besides these fields one object named after each protocol that was recognised. */
export const identificationSchema = z.looseObject({
  protocol: z.enum(protocolNames).meta({ description: "Protocol; `unknown`, or `none` where nothing was sent." }),
  complete: flag("False where more bytes would tell more."),
  scanner: text("Scanner or internet census that it comes from.").optional(),
  probe: text("Which of the scanner's probes.").optional(),
  alsoSentBy: z
    .strictObject({
      clients: text("The other clients, in words."),
      scanner: text("The scanner."),
      probe: text("Which of its probes."),
    })
    .optional()
    .meta({ description: "A scanner's probe that other clients send too." }),
  candidates: list(z.string())
    .optional()
    .meta({ description: "Of an incomplete `unknown`: protocols that are still possible." }),
  summary: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({ description: "Of `unknown`: what the bytes look like." }),
  maskedBytes: count("Bytes of the payload that were passwords and are `*`.").optional(),
  passwords: list(z.string()).optional().meta({ description: "Passwords, where the listener keeps them." }),
});

/** The device of an own network that had the address of a source when it connected. */
export const holderFields = {
  device: text(
    "Name of the device that had the address then: where a survey saw it there, or within an hour of that.",
  ).optional(),
  approved: flag(
    "You approved the device that had the address then; false where several had it, missing where none is known.",
  ).optional(),
  mac: text("MAC address of that device.").optional(),
  sharedBy: sharedBy("then"),
};

/** JSON of one connection to a decoy port. */
export const connectionSchema = z.looseObject({
  time: time("When it was accepted."),
  peer: endpoint("The client."),
  local: endpoint("The decoy port."),
  via: endpoint("The trusted proxy that forwarded it.").optional(),
  bytes: count("Bytes received."),
  ...identificationSchema.shape,
  phase: z
    .enum(["client-first", "after-banner", "silent"])
    .meta({ description: "Whether the client sent at once, after the banner, or never." }),
  end: z.enum(["client-closed", "reset", "heard", "time-limit", "byte-limit", "over-limit", "shutdown"]).meta({
    description:
      "`client-closed`, `reset`: by the client. `heard`: closed once the protocol was complete. `over-limit`: rejected, too many connections.",
  }),
  durationMs: z.number().min(0).meta({ description: "Milliseconds from accept to close." }),
  payload: text("The first bytes, base64."),
  origin: originSchema.optional().meta({ description: "Where the client is, as far as known." }),
  mutedUntil: time("A mute of its source covered it, until then: it sent no alert.").optional(),
  known: flag(
    "Only true: a scan found a service at its source, or a device of an own network had that address then.",
  ).optional(),
  ...holderFields,
  listener: text("Name of the listener."),
  id: text("Unique identifier of the connection."),
});
