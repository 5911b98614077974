import * as z from "zod";
import { notifyChannels } from "../notify/channels.ts";
import { isRawMap, type RawMap, type RawValue } from "./raw-value.ts";
import { configSections, freeKeyPattern, portSection, portSectionPattern } from "./sections.ts";

/** The part of JSON Schema (2020-12) that the sections need. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly default?: RawValue;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly secret?: boolean;
  /** The type of text: `duration`, `size`, `path`. */
  readonly kind?: string;
  readonly fromEnvironment?: boolean;
  /** What the text, or each text of a list, refers to: the description ends with the possible names. */
  readonly names?: "channels";
}

let made: JsonSchema | undefined;

/**
 * The whole configuration as a JSON Schema, for editors and for the code that needs the list of keys and which of
 * them are secret. For every secret key there is a key `*_file`.
 */
export function configJsonSchema(): JsonSchema {
  made ??= mapSchema(
    {
      ...schemaOf(configSections),
      title: "Harbinger configuration (harbinger.yaml)",
      description:
        "What Harbinger scans, listens on and reports. Keys that start with x- are ignored; use them for anchors.",
      patternProperties: { [portSectionPattern]: withoutDialect(schemaOf(portSection)), [freeKeyPattern]: {} },
    },
    (schema) => withSecretFiles(withChannelNames(schema)),
  );
  return made;
}

function schemaOf(schema: z.ZodType): JsonSchema {
  return parseSchema(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
}

/** Reduces a generated schema to plain data, without the functions and symbols that zod attaches. */
function parseSchema(schema: object): JsonSchema {
  return JSON.parse(JSON.stringify(schema)) as JsonSchema;
}

function withoutDialect(schema: JsonSchema): JsonSchema {
  const { $schema: _, ...rest } = schema;
  return rest;
}

/** Adds a `*_file` key for every secret key. */
function withSecretFiles(schema: JsonSchema): JsonSchema {
  const { properties } = schema;
  if (properties === undefined) return schema;
  const files: Record<string, JsonSchema> = {};
  for (const [key, property] of Object.entries(properties)) {
    if (property.secret !== true) continue;
    files[`${key}_file`] = {
      type: "string",
      kind: "path",
      description: `A file that contains ${key}, relative to the configuration file; a trailing line end is ignored.`,
    };
  }
  return { ...schema, properties: { ...properties, ...files } };
}

function withChannelNames(schema: JsonSchema): JsonSchema {
  const { names, description, ...rest } = schema;
  if (names === undefined) return schema;
  const known = notifyChannels.map(({ name, path, hasEntries }) =>
    hasEntries ? `the names in \`${path.join(".")}\`` : `\`${name}\``,
  );
  return { ...rest, description: withNames(String(description), known.join(", ")) };
}

/** The default stays at the end, where the generator of the reference expects it. */
function withNames(description: string, names: string): string {
  const [text = "", fallback] = description.split(/ (?=Default: )/);
  return [`${text} Possible names: ${names}.`, ...(fallback === undefined ? [] : [fallback])].join(" ");
}

/** Removes our keywords; `secret` becomes `writeOnly`. */
function withStandardKeywords(schema: JsonSchema): JsonSchema {
  const { secret, fromEnvironment: _, kind: _kind, ...rest } = schema;
  return secret === true ? { ...rest, writeOnly: true } : rest;
}

/** The schema for editors and other tools. */
export function editorSchema(): JsonSchema {
  return mapSchema(configJsonSchema(), withStandardKeywords);
}

/** Applies `change` to a schema and every schema inside it. */
function mapSchema(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const below = (part: JsonSchema) => mapSchema(part, change);
  const belowEach = (parts: Readonly<Record<string, JsonSchema>>) =>
    Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, below(part)]));
  return change({
    ...schema,
    ...(schema.properties === undefined ? {} : { properties: belowEach(schema.properties) }),
    ...(schema.patternProperties === undefined ? {} : { patternProperties: belowEach(schema.patternProperties) }),
    ...(typeof schema.additionalProperties === "object"
      ? { additionalProperties: below(schema.additionalProperties) }
      : {}),
    ...(schema.items === undefined ? {} : { items: below(schema.items) }),
    ...(schema.anyOf === undefined ? {} : { anyOf: schema.anyOf.map(below) }),
    ...(schema.oneOf === undefined ? {} : { oneOf: schema.oneOf.map(below) }),
    ...(schema.allOf === undefined ? {} : { allOf: schema.allOf.map(below) }),
  });
}

/** A copy of `value` with the defaults of all missing keys. */
export function withDefaults(value: RawValue, schema: JsonSchema): RawValue {
  if (value === undefined || !isRawMap(value)) return value;
  const filled: RawMap = { ...value };
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const start = filled[key] ?? property.default;
    if (start !== undefined) filled[key] = withDefaults(start, property);
  }
  return filled;
}

/** All forms that a schema allows: itself and its alternatives. */
export function formsOf(schema: JsonSchema): JsonSchema[] {
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [schema, ...alternatives.flatMap(formsOf)];
}

/** The schemas for the value of `key`. */
export function childrenOf(schema: JsonSchema, key: PropertyKey): JsonSchema[] {
  return formsOf(schema).flatMap((form): JsonSchema[] => {
    if (typeof key === "number") return form.items === undefined ? [] : [form.items];
    const name = String(key);
    if (form.properties !== undefined && Object.hasOwn(form.properties, name)) return [form.properties[name] ?? {}];
    for (const [pattern, child] of Object.entries(form.patternProperties ?? {})) {
      if (new RegExp(pattern).test(name)) return [child];
    }
    return typeof form.additionalProperties === "object" ? [form.additionalProperties] : [];
  });
}

/** The keys that the section at `path` may contain. */
export function keysAt(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  let level: JsonSchema[] = [schema];
  for (const key of path) level = level.flatMap((form) => childrenOf(form, key));
  const keys = level.flatMap(formsOf).flatMap((form) => Object.keys(form.properties ?? {}));
  return [...new Set(keys)];
}

/** The top-level sections that can contain a key of this name. */
export function sectionsWithKey(schema: JsonSchema, key: string): string[] {
  const has = (part: JsonSchema) => formsOf(part).some((form) => Object.hasOwn(form.properties ?? {}, key));
  const places: string[] = [];
  for (const [name, section] of Object.entries(schema.properties ?? {})) {
    if (has(section)) places.push(`"${name}"`);
    if (typeof section.additionalProperties === "object" && has(section.additionalProperties)) {
      places.push(`an entry of "${name}"`);
    }
  }
  for (const section of Object.values(schema.patternProperties ?? {}))
    if (has(section)) places.push("a port_* section");
  return places;
}
