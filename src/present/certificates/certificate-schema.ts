import * as z from "zod";
import { address, count, flag, list, port, text, time } from "../json-fields.ts";

/** JSON of one certificate. */
export const certificateSchema = z.strictObject({
  sha256: text("SHA-256 fingerprint of the certificate, with colons."),
  subject: text("Distinguished name of the subject."),
  issuer: text("Distinguished name of the issuer."),
  serial: text("Serial number, hexadecimal."),
  keySha256: text("SHA-256 of the public key: the same for certificates that share a key."),
  names: list(z.string()).meta({ description: "What it is valid for: `DNS:example.org`, `IP Address:10.0.0.1`." }),
  selfSigned: flag("Signed with its own key."),
  validFrom: time("Start of its validity.").optional(),
  validTo: time("End of its validity.").optional(),
  daysLeft: z.int().optional().meta({ description: "Whole days until it expires; negative afterwards." }),
  firstSeen: time("When a check saw it for the first time."),
  lastSeen: time("When a check saw it last."),
  services: list(
    z.strictObject({
      address,
      port,
      firstSeen: time("When the service presented it for the first time."),
      lastSeen: time("When the service presented it last."),
      current: flag("The service presents it now."),
      issuer: flag("The service presents it as an issuer in its chain."),
    }),
  ).meta({ description: "Up to 100 services that present or presented it." }),
  serviceCount: count("Number of all these services."),
  currentCount: count("Number of those that present it now."),
});

export type CertificateJson = z.output<typeof certificateSchema>;
