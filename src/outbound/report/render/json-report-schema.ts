import * as z from "zod";
import { type FindingType, findingKinds, findingTypes, jsonName } from "../../../core/discovery-kinds.ts";
import { endedAt, endedBy } from "../../../present/discoveries/discovery-schema.ts";
import { address, count, flag, list, port, text, time } from "../../../present/json-fields.ts";

const device = z
  .strictObject({
    mac: text("MAC address."),
    name: text("Name.").optional(),
    vendor: text("Manufacturer.").optional(),
    randomised: flag("The MAC address is randomised."),
    approved: flag("You approved it."),
    addresses: list(z.string()).meta({ description: "IP addresses that it has now." }),
  })
  .meta({ description: "Device that the discovery is about, or that has the address now." });

/** Times here are as in the rest of a report. */
const endedSchema = z.strictObject({ by: endedBy, at: endedAt.optional() });

/** One discovery in a section. */
export const reportedDiscoverySchema = z.strictObject({
  address: address.optional(),
  port: port.optional(),
  every_port: z.literal(true).optional().meta({ description: "Every tried port of the host is open." }),
  hostname: text("Name from reverse DNS.").optional(),
  mac: text("MAC address.").optional(),
  vendor: text("Manufacturer of the network interface.").optional(),
  product: text("What answers there.").optional(),
  discovered: time("When it was discovered."),
  first_seen: time("When it was seen for the first time.").optional(),
  last_seen: time("When it was seen last.").optional(),
  known_host: flag("Of `new`: the host was known before, by another port or to another watch.").optional(),
  device: device.optional(),
  moved_device: device.optional().meta({
    description: "Of `gone`: device that had the address then, and has the addresses listed here now.",
  }),
  detail: text("What changed.").optional(),
  ended: endedSchema.optional().meta({
    description:
      "It was over when the report was composed: what was exposed or expired, or anything of a service that is gone. Such findings are not urgent.",
  }),
  evidence: text("Output of the checks and of `post_command`.").optional(),
});

function perKind<Schema extends z.ZodType>(make: (kind: string) => Schema): Record<string, Schema> {
  return Object.fromEntries(findingKinds.map((kind) => [jsonName(kind), make(kind)]));
}

const section = z.strictObject({
  watch: text("Name of the watch."),
  ports: text("Ports as the configuration writes them: `22,80,8000-8100`."),
  port_label: text("Label of the watch's port.").optional(),
  status: z.enum(["complete", "partial", "failed", "not-run"]).meta({
    description: "How the scan ended. `not-run`: only earlier discoveries are reported.",
  }),
  reason: text("Why the scan is partial.").optional(),
  failures: list(
    z.strictObject({
      reason: text("Why scans failed."),
      count: count("How many failed for this reason."),
      first: time("The first of them."),
      last: time("The last of them."),
    }),
  ).meta({ description: "Failed scans." }),
  notes: list(z.string()).meta({ description: "Notes on the scan." }),
  first_scan: flag("New hosts come from the first scan, in which everything is new."),
  ...perKind((kind) =>
    list(reportedDiscoverySchema).meta({ description: `Discoveries of kind \`${kind}\`.`, isDescribedElsewhere: true }),
  ),
  left_out: z
    .record(z.string(), z.int())
    .optional()
    .meta({ description: "How many had no room, by kind; `failures` for failed scans." }),
});

/** JSON of a report file, and of the report in a webhook's message. */
export const jsonReportSchema = z.strictObject({
  format: text("`harbinger-report/1`: changes when a field is removed or gets another meaning."),
  label: text("Label of the report."),
  delivery: count("Number of the delivery, for `harbinger reports show`."),
  generated: time("When it was composed."),
  subject: text("Subject of the mail."),
  urgency: z.enum(["high", "normal"]).meta({ description: "`high`: at least one finding is urgent." }),
  summary: list(
    z.strictObject({
      type: z
        .enum(Object.keys(findingTypes).map((type) => jsonName(type as FindingType)))
        .meta({ description: "See [finding types](#finding-types)." }),
      urgent: flag("It is urgent."),
      text: text("One line in words."),
      over: z.literal(true).optional().meta({ description: "All of it is over: see `ended` of its discoveries." }),
    }),
  ).meta({ description: "Up to 1000 findings: discoveries of one thing joined, urgent ones first." }),
  totals: z
    .strictObject({
      ...perKind((kind) => count(`Discoveries of kind \`${kind}\`.`)),
      scan_failures: count("Failed scans."),
      partial_scans: count("Partial scans."),
    })
    .meta({ description: "Exact numbers, also of what had no room." }),
  sections: list(section).meta({ description: "One for each watch." }),
});
