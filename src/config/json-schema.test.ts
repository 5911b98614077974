import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import * as z from "zod";
import { configJsonSchema, editorSchema, keysAt } from "./json-schema.ts";
import { loadText } from "./load.ts";

const options = { file: "h.yaml", explicit: true, environment: {} };

describe("the JSON Schema of the configuration", () => {
  test("names its dialect, has a title, and explains every key", () => {
    const schema = configJsonSchema();
    assert.equal(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert.match(String(schema["title"]), /Harbinger/);
    const silent = undescribed(schema, "");
    assert.deepEqual(silent, []);
  });

  test("describes port_ sections by a pattern, and rejects other unknown sections", () => {
    const schema = configJsonSchema();
    assert.ok(keysAt(schema, ["port_ssh"]).includes("nmap_scan"));
    assert.equal(schema.additionalProperties, false);
  });

  test("gives every secret a matching *_file key", () => {
    assert.ok(keysAt(configJsonSchema(), ["email"]).includes("password_file"));
    assert.ok(keysAt(configJsonSchema(), ["store"]).includes("password_file"));
  });

  test("contains standard keywords only, for editors", () => {
    const text = JSON.stringify(editorSchema());
    assert.doesNotMatch(text, /"secret"|"fromEnvironment"/);
    assert.match(text, /"writeOnly":true/);
  });

  const documents = {
    "a port section": "port_ssh: { port: 22, label: L, nmap_scan: 'nmap -p {port} 10.0.0.1' }",
    "a watch": "watches: { lan: { targets: [10.0.0.0/24], ports: [22, 80-90] } }",
    "all sections": "{email: {smtp_server: m, password: p}, reports: {json: true}, store: 'sqlite:x', x-any: [1]}",
    "an unknown section": "prot_ssh: { port: 22 }",
    "an unknown key": "port_ssh: { port: 22, emial: a }",
    "a port out of range": "port_ssh: { port: 70000 }",
    "a port section without a port": "port_ssh: { label: L }",
    "a wrong choice": "watches: { lan: { targets: [10.0.0.1], ports: 1, report_on: sometimes } }",
    "a watch that is checked again": "watches: { lan: { targets: [10.0.0.1], ports: 1, checks: tls, recheck: 1d } }",
    "a number for a duration": "watches: { lan: { targets: [10.0.0.1], ports: 1, checks: tls, recheck: 1 } }",
    "text for a switch": "reports: { json: perhaps }",
  };
  for (const [name, text] of Object.entries(documents)) {
    test(`accepts or rejects ${name} as the loader does`, () => {
      const bySchema = z.fromJSONSchema(editorSchema() as Parameters<typeof z.fromJSONSchema>[0]);
      assert.equal(bySchema.safeParse(parse(text)).success, loadText(text, "h.yaml", options).kind === "config");
    });
  }
});

type Schema = ReturnType<typeof configJsonSchema>;

function undescribed(schema: Schema, path: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => [
    ...(property["description"] === undefined ? [`${path}${key}`] : []),
    ...undescribed(property, `${path}${key}.`),
    ...(typeof property.additionalProperties === "object"
      ? undescribed(property.additionalProperties, `${path}${key}.*.`)
      : []),
  ]);
}
