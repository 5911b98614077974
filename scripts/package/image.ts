/**
 * `npm run package:image [-- --to FOLDER]`: builds the container image with podman or docker, whichever is there.
 *
 * CONTAINER_ENGINE   the program to build with
 * BASE_IMAGE         another Debian base image: one that the engine already has needs no container registry
 * EXTRA_PACKAGES     Debian packages to add, separated by blanks
 *
 * `--to FOLDER` also saves it as an archive that `podman load` and `docker load` read.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { sizeText } from "../../src/core/size-text.ts";
import { buildImage, imageFacts } from "./image/build.ts";
import { ContainerEngine } from "./image/engine.ts";
import { npmSettings } from "./image/npm-settings.ts";
import { projectRoot, readProject } from "./project.ts";

const name = "localhost/harbinger";

function main(): void {
  const { values } = parseArgs({ options: { to: { type: "string" } } });
  const engine = ContainerEngine.find(process.env);
  if (engine === undefined) {
    process.stderr.write(
      "Neither podman nor docker is installed. Install one of them (Debian: apt-get install podman), or name the program to\n" +
        "build with: CONTAINER_ENGINE=/path/to/podman npm run package:image\n",
    );
    process.exitCode = 1;
    return;
  }
  const { version, sourceDate } = readProject();
  const begin = performance.now();
  const tags = [`${name}:latest`, `${name}:${version}`];
  const problem = buildImage(engine, {
    tags,
    baseImage: process.env["BASE_IMAGE"],
    extraPackages: process.env["EXTRA_PACKAGES"],
    npm: npmSettings(process.env),
    labels: { version, revision: revision(), source: sourceAddress() },
    sourceDate,
  });
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = 1;
    return;
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  const { size, architecture } = imageFacts(engine, tags[0] ?? name);
  process.stdout.write(`${tags.join(", ")}  ${sizeText(size)}, built in ${seconds} s by ${engine.name}\n`);
  if (values.to === undefined) return;
  const folder = path.resolve(values.to);
  mkdirSync(folder, { recursive: true });
  const archive = path.join(folder, `harbinger-${version}-image-${architecture}.tar`);
  engine.run(["save", "--output", archive, ...tags]);
  process.stdout.write(`${archive}\n`);
}

/** The commit, and whether there are uncommitted changes. */
function revision(): string {
  if (!existsSync(path.join(projectRoot, ".git"))) return "unknown";
  const git = (...args: string[]) => execFileSync("git", args, { cwd: projectRoot, encoding: "utf8" }).trim();
  return `${git("rev-parse", "HEAD")}${git("status", "--porcelain") === "" ? "" : "-modified"}`;
}

/** Where the sources are published. A password in the address of the remote is left out. */
function sourceAddress(): string | undefined {
  try {
    const remote = execFileSync("git", ["remote", "get-url", "origin"], {
      cwd: projectRoot,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const { protocol, host, pathname } = new URL(remote.trim());
    return protocol === "https:" ? `https://${host}${pathname}` : undefined;
  } catch {
    return undefined;
  }
}

main();
