import * as z from "zod";
import {
  discoveryKinds,
  type FindingKind,
  type FindingType,
  findingTypes,
  jsonName,
  kindEntry,
  reportSections,
} from "../../src/core/discovery-kinds.ts";
import { jsonReportSchema, reportedDiscoverySchema } from "../../src/outbound/report/render/json-report-schema.ts";
import { certificateSchema } from "../../src/present/certificates/certificate-schema.ts";
import { connectionSchema, identificationSchema } from "../../src/present/connections/connection-schema.ts";
import { deliverySchema } from "../../src/present/deliveries/delivery-schema.ts";
import { reportDetailsSchema, reportSchema } from "../../src/present/deliveries/report-schema.ts";
import { deviceSchema } from "../../src/present/devices/device-schema.ts";
import { discoverySchema } from "../../src/present/discoveries/discovery-schema.ts";
import { serviceDetailsSchema, serviceSchema } from "../../src/present/hosts/service-schema.ts";
import { muteSchema } from "../../src/present/mutes/mute-schema.ts";
import { sightingSchema } from "../../src/present/scans/sighting-schema.ts";

/** Every JSON shape of the reference, by its name in the page. */
export const jsonShapes = {
  sighting: sightingSchema,
  identification: identificationSchema,
  connection: connectionSchema,
  service: serviceSchema,
  "service details": serviceDetailsSchema,
  device: deviceSchema,
  certificate: certificateSchema,
  report: reportSchema,
  "report details": reportDetailsSchema,
  discovery: discoverySchema,
  delivery: deliverySchema,
  mute: muteSchema,
  "report file": jsonReportSchema,
  "reported discovery": reportedDiscoverySchema,
} as const satisfies Readonly<Record<string, z.ZodType>>;

function isShape(name: string): name is keyof typeof jsonShapes {
  return Object.hasOwn(jsonShapes, name);
}

/**
 * The table of the fields of a shape.
 * @throws Error if no shape has this name
 */
export function fieldTable(name: string): string {
  if (!isShape(name)) throw new Error(`generated: there is no JSON shape ${name}`);
  const rows = rowsOf(z.toJSONSchema(jsonShapes[name]), "");
  return ["| field | type | meaning |", "|---|---|---|", ...rows].join("\n");
}

/** The kinds of discovery, and how reports show them. */
export function kindTable(): string {
  const rows = Object.entries(discoveryKinds).map(
    ([kind, { meaning, becomes }]) => `| \`${kind}\` | ${meaning} | ${listed(becomes.map(jsonName))} |`,
  );
  const failed =
    "| `scan-failed` | The watch could not scan. It has no address. | none: reports list failed scans apart |";
  return ["| kind | meaning | finding types |", "|---|---|---|", ...rows, failed].join("\n");
}

/** The types of findings in the order of reports. */
export function typeTable(): string {
  const kinds = Object.keys(discoveryKinds) as FindingKind[];
  const rows = Object.entries(findingTypes).map(([type, { one, section }]) => {
    const from = kinds.filter((kind) => kindEntry(kind).becomes.some((each) => each === type));
    const name = jsonName(type as FindingType);
    return `| \`${name}\` | ${one} | ${reportSections[section].title} | ${listed(from)} |`;
  });
  return ["| type | in words | section | from discoveries of kind |", "|---|---|---|---|", ...rows].join("\n");
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly isDescribedElsewhere?: boolean;
}

/** A longer list of values does not fit into the table. */
const maxValues = 8;

function rowsOf(schema: object, prefix: string): string[] {
  const { properties = {}, required = [] } = schema as JsonSchema;
  return Object.entries(properties).flatMap(([key, field]) => {
    const name = `${prefix}${key}`;
    const meaning = `${field.description ?? ""}${required.includes(key) ? "" : " Optional."}`.trim();
    const row = `| \`${name}\` | ${typeOf(field)} | ${meaning} |`;
    if (field.isDescribedElsewhere === true) return [row];
    return [row, ...rowsOf(field, `${name}.`), ...rowsOf(field.items ?? {}, `${name}[].`)];
  });
}

function typeOf(field: JsonSchema): string {
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``;
  if (field.enum !== undefined && field.enum.length <= maxValues) {
    return listed(field.enum.map((value) => JSON.stringify(value)));
  }
  if (field.anyOf !== undefined) return field.anyOf.map(typeOf).join(" or ");
  switch (field.type) {
    case "string":
      return field.format === "date-time" ? "time" : "text";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "`true`, `false`";
    case "null":
      return "`null`";
    case "array":
      return `list of ${typeOf(field.items ?? {})}`;
    default:
      return "object";
  }
}
