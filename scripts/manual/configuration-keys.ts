import { configJsonSchema, formsOf, type JsonSchema } from "../../src/config/json-schema.ts";

/** A section of the configuration, as its schema has it. */
export interface ConfigurationSection {
  /** `email.oauth2`, `watches.NAME`, `port_NAME`; empty for the keys at the top that are not sections. */
  readonly path: string;
  readonly description: string;
  readonly keys: readonly ConfigurationKey[];
}

export interface ConfigurationKey {
  readonly name: string;
  /** In words: `number, 1 to 64`. */
  readonly type: string;
  readonly required: boolean;
  /** As written in YAML; `undefined` if there is none. */
  readonly standard: string | undefined;
  readonly description: string;
  /** The environment variables and files that can set it instead. */
  readonly otherwise: readonly string[];
}

/** Every key of harbinger.yaml, section by section, in the order of the schema. */
export function configurationSections(): readonly ConfigurationSection[] {
  return sectionsOf(configJsonSchema(), "", "").filter(({ keys }) => keys.length > 0);
}

function sectionsOf(schema: JsonSchema, path: string, description: string): readonly ConfigurationSection[] {
  const forms = formsOf(schema);
  const properties = forms.flatMap((form) => Object.entries(form.properties ?? {}));
  const required = new Set(forms.flatMap((form) => namesOf(form["required"])));
  const patterned = forms.flatMap((form) => Object.entries(form.patternProperties ?? {}));
  const section: ConfigurationSection = {
    path,
    description,
    keys: properties
      .filter(([, property]) => !isOnlySection(property))
      .map(([name, property]) => keyOf({ name, property, path, required: required.has(name) })),
  };
  return [
    section,
    ...properties.flatMap(([name, property]) => {
      const inner = below(path, name);
      const about = descriptionOf(property);
      const isMap = typeof property.additionalProperties === "object";
      return isMap && typeof property.additionalProperties === "object"
        ? sectionsOf(property.additionalProperties, below(inner, "NAME"), about)
        : sectionsOf(property, inner, about);
    }),
    ...patterned
      .filter(([, property]) => formsOf(property).some((form) => form.properties !== undefined))
      .flatMap(([pattern, property]) =>
        sectionsOf(property, `${pattern.replace("^", "")}NAME`, descriptionOf(property)),
      ),
  ];
}

function below(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** Neither a value nor a section with a short form: its keys have a separate table. */
function isOnlySection(schema: JsonSchema): boolean {
  if (schema.anyOf !== undefined) return false;
  return schema.properties !== undefined || sectionInMap(schema);
}

function sectionInMap(schema: JsonSchema): boolean {
  return typeof schema.additionalProperties === "object" && schema.additionalProperties.properties !== undefined;
}

function keyOf(key: {
  readonly name: string;
  readonly property: JsonSchema;
  readonly path: string;
  readonly required: boolean;
}): ConfigurationKey {
  const { name, property, path } = key;
  const standard = property.default;
  return {
    name,
    type: typeOf(property),
    required: key.required && standard === undefined,
    standard: standard === undefined ? undefined : standardText(standard),
    description: descriptionOf(property),
    otherwise: [
      ...(property.secret === true ? [`${name}_file`] : []),
      ...((property.secret === true || property.fromEnvironment === true) && !path.includes("NAME")
        ? [`HARBINGER_${below(path, name).replaceAll(".", "_").toUpperCase()}`]
        : []),
    ],
  };
}

function descriptionOf(schema: JsonSchema): string {
  return typeof schema["description"] === "string" ? schema["description"] : "";
}

/** The accepted values, in words. */
function typeOf(schema: JsonSchema): string {
  if (schema.secret === true) return "secret";
  if (schema.kind !== undefined) return schema.kind;
  const { anyOf } = schema;
  if (anyOf !== undefined) return listed([...new Set(anyOf.map(typeOf))]);
  if (schema["const"] !== undefined) return `\`${String(schema["const"])}\``;
  const choices = namesOf(schema["enum"]);
  if (choices.length > 0) return listed(choices.map((choice) => `\`${choice}\``));
  switch (schema["type"]) {
    case "boolean":
      return "switch";
    case "integer":
    case "number":
      return numberType(schema["minimum"] ?? schema["exclusiveMinimum"], schema["maximum"]);
    case "array":
      return "list";
    case "object":
      return "section";
    default:
      return "text";
  }
}

function numberType(least: unknown, most: unknown): string {
  const isBounded = typeof least === "number" && typeof most === "number" && Number.isSafeInteger(most + 1);
  return isBounded ? `number, ${least} to ${most}` : "number";
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} or ${parts.at(-1)}`;
}

function standardText(value: NonNullable<JsonSchema["default"]>): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) && value.length === 0
    ? "[]"
    : JSON.stringify(value) === "{}"
      ? "{}"
      : JSON.stringify(value);
}

function namesOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === "string") : [];
}
