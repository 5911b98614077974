import path from "node:path";
import { projectRoot } from "../project.ts";
import type { ContainerEngine } from "./engine.ts";
import type { NpmSettings } from "./npm-settings.ts";

export interface ImageOptions {
  readonly tags: readonly string[];
  /** `undefined`: the one that the Dockerfile names. */
  readonly baseImage: string | undefined;
  readonly extraPackages: string | undefined;
  readonly npm: NpmSettings;
  readonly labels: { readonly version: string; readonly revision: string; readonly source: string | undefined };
  /** The date of the image, in seconds since 1970. */
  readonly sourceDate: number;
}

/** Builds the image and shows the engine's progress. Returns the error and its remedy, or `undefined`. */
export function buildImage(engine: ContainerEngine, options: ImageOptions): string | undefined {
  const { baseImage, npm, labels, sourceDate } = options;
  const created = new Date(sourceDate * 1000).toISOString().replace(".000Z", "Z");
  const buildArguments = {
    VERSION: labels.version,
    REVISION: labels.revision,
    CREATED: created,
    NPM_REGISTRY: npm.registry,
    ...(labels.source === undefined ? {} : { SOURCE: labels.source }),
    ...(baseImage === undefined ? {} : { BASE_IMAGE: baseImage }),
    ...(options.extraPackages === undefined ? {} : { EXTRA_PACKAGES: options.extraPackages }),
  };
  const secrets = Object.entries({ certificates: npm.certificates, npmrc: npm.npmrc });
  const status = engine.show(
    [
      "build",
      ...["--file", path.join(projectRoot, "deploy", "Dockerfile")],
      ...options.tags.flatMap((tag) => ["--tag", tag]),
      ...Object.entries(buildArguments).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
      ...secrets.flatMap(([id, file]) => (file === undefined ? [] : ["--secret", `id=${id},src=${file}`])),
      ...(engine.isPodman ? podmanOptions(engine, baseImage, sourceDate) : []),
      projectRoot,
    ],
    // docker's builder reads the date from here.
    { SOURCE_DATE_EPOCH: String(sourceDate) },
  );
  if (status === 0) return undefined;
  const base = baseImage ?? "the base image of deploy/Dockerfile";
  return `The image was not built: ${engine.name} ended with ${status}; the reason stands above. Where ${base} cannot be fetched, name
another Debian that this machine has or reaches: BASE_IMAGE=NAME npm run package:image (docs/guide/container.md, "Without a registry").`;
}

/**
 * Only docker's format has health checks. Where containers do not start as usual (inside another container, or without
 * what a network needs), building works without that: this is tested, because podman does not report it in advance.
 */
function podmanOptions(engine: ContainerEngine, baseImage: string | undefined, sourceDate: number): readonly string[] {
  const common = ["--format", "docker", "--timestamp", String(sourceDate)];
  if (baseImage === undefined || process.env["BUILDAH_ISOLATION"] !== undefined) return common;
  const starts = (...options: readonly string[]) => engine.succeeds(["run", "--rm", ...options, baseImage, "true"]);
  if (starts()) return common;
  if (starts("--network=host")) return [...common, "--network=host"];
  return [...common, "--network=host", "--isolation=chroot"];
}

export interface ImageFacts {
  /** Bytes. */
  readonly size: number;
  /** As container images name it: `amd64`. */
  readonly architecture: string;
}

export function imageFacts(engine: ContainerEngine, image: string): ImageFacts {
  const [size = "", architecture = ""] = engine
    .output(["image", "inspect", "--format", "{{.Size}} {{.Architecture}}", image])
    .split(" ");
  return { size: Number(size), architecture };
}
