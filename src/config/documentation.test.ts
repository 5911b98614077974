import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { configJsonSchema, formsOf, type JsonSchema } from "./json-schema.ts";
import { loadText } from "./load.ts";

const page = readFileSync(new URL("../../docs/reference/configuration.md", import.meta.url), "utf8");

describe("docs/reference/configuration.md", () => {
  test("has a row for every key, with its default", () => {
    const missing = keysOf(configJsonSchema()).filter(({ key, standard }) => {
      const row = page.split("\n").find((line) => line.startsWith(`| \`${key}\` |`) && isDocumented(line, standard));
      return row === undefined;
    });
    assert.deepEqual(missing, []);
  });

  test("shows examples that load", () => {
    const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
    assert.ok(examples.length > 4);
    for (const example of examples) {
      const outcome = loadText(example, "example.yaml", {
        file: undefined,
        explicit: true,
        environment: {},
        readFile: () => Buffer.from("x"),
      });
      assert.equal(outcome.kind, "config", example);
    }
  });
});

function isDocumented(line: string, standard: unknown): boolean {
  return standard === undefined || typeof standard === "object" || line.includes(`\`${String(standard)}\``);
}

/** Every key that holds a value, with its default. Sections have headings instead. */
function keysOf(schema: JsonSchema): { key: string; standard: unknown }[] {
  const inside = formsOf(schema).flatMap((form) => [
    ...Object.entries(form.properties ?? {}).flatMap(([key, property]) => {
      const below = keysOf(property);
      const isSection = below.length > 0 && property.anyOf === undefined;
      return [...(isSection ? [] : [{ key, standard: property.default }]), ...below];
    }),
    ...Object.values(form.patternProperties ?? {}).flatMap(keysOf),
    ...(typeof form.additionalProperties === "object" ? keysOf(form.additionalProperties) : []),
  ]);
  return inside;
}
