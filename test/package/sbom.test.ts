import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { productionPackages } from "../../scripts/licences/production-packages.ts";
import { projectRoot } from "../../scripts/package/project.ts";
import { type Bom, finishBom } from "../../scripts/package/sbom/finish-bom.ts";
import { bomFaults } from "../../scripts/package/sbom/validate-bom.ts";
import { artefact } from "../harness/artefacts.ts";

interface Component {
  readonly name: string;
  readonly version: string;
}

describe("the bill of materials", () => {
  test("is valid CycloneDX, and lists each production package and Node", async () => {
    const text = readFileSync(await artefact("sbom"), "utf8");
    assert.equal(await bomFaults(text), undefined);
    const { metadata, components } = JSON.parse(text) as Omit<Bom, "components"> & {
      readonly components: readonly Component[];
    };
    assert.equal(metadata.component["name"], "harbinger");
    const named = new Set(components.map(({ name, version }) => `${name}@${version}`));
    assert.ok(named.has(`node@${process.versions.node}`));
    const own = productionPackages(projectRoot);
    assert.deepEqual(
      own.map(({ name, version }) => `${name}@${version}`).filter((name) => !named.has(name)),
      [],
    );
    assert.ok(![...named].some((name) => name.startsWith("typescript@")), "a tool of development");
  });

  test("is identical for the same content, and different for other content", () => {
    const bom = (version: string): Bom => ({
      serialNumber: `urn:uuid:${crypto.randomUUID()}`,
      metadata: { timestamp: new Date().toISOString(), component: { "bom-ref": "a", name: "folder", version } },
      components: [],
      dependencies: [{ ref: "a" }],
    });
    const options = { sourceDate: 1_800_000_000, node: "24.0.0" };
    assert.deepEqual(finishBom(bom("1"), options), finishBom(bom("1"), options));
    assert.notEqual(finishBom(bom("1"), options).serialNumber, finishBom(bom("2"), options).serialNumber);
  });

  test("is rejected if it is invalid", async () => {
    assert.match(
      (await bomFaults('{ "bomFormat": "CycloneDX", "specVersion": "1.5", "version": "one" }')) ?? "",
      /version/,
    );
  });
});
