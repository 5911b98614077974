import { createHash } from "node:crypto";

/** The parts of a CycloneDX document that are changed here. */
export interface Bom {
  readonly serialNumber?: string;
  readonly metadata: {
    readonly timestamp?: string;
    readonly component: Readonly<Record<string, unknown>> & { readonly "bom-ref": string };
  };
  readonly components: readonly object[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

export interface BomOptions {
  /** Seconds since 1970. */
  readonly sourceDate: number;
  /** The version of Node in the single executable. */
  readonly node: string;
}

/**
 * Makes npm's output complete and reproducible: the name is the project's, not that of the folder; the date is that of the sources;
 * the serial number follows from the content; Node is a component.
 */
export function finishBom(bom: Bom, { sourceDate, node }: BomOptions): Bom {
  const { serialNumber: _random, ...rest } = bom;
  const own = bom.metadata.component;
  const nodeRef = `node@${node}`;
  const runtime = {
    "bom-ref": nodeRef,
    type: "platform",
    name: "node",
    version: node,
    description: "Node.js, which the single executable holds and which runs the package for npm",
    licenses: [{ license: { id: "MIT" } }],
    cpe: `cpe:2.3:a:nodejs:node.js:${node}:*:*:*:*:*:*:*`,
    purl: `pkg:generic/node@${node}`,
    externalReferences: [{ type: "website", url: "https://nodejs.org/" }],
  };
  const finished = {
    ...rest,
    metadata: {
      ...bom.metadata,
      timestamp: new Date(sourceDate * 1000).toISOString(),
      component: { ...own, type: "application", name: "harbinger" },
    },
    components: [...bom.components, runtime],
    dependencies: [
      ...bom.dependencies.map((entry) =>
        entry.ref === own["bom-ref"] ? { ...entry, dependsOn: [...(entry.dependsOn ?? []), nodeRef] } : entry,
      ),
      { ref: nodeRef, dependsOn: [] },
    ],
  };
  return { ...finished, serialNumber: serialOf(JSON.stringify(finished)) };
}

/** A UUID of version 8 (RFC 9562, section 5.8): the same for the same content. */
function serialOf(content: string): string {
  const bytes = createHash("sha256").update(content).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const digits = bytes.toString("hex");
  return `urn:uuid:${digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")}`;
}
