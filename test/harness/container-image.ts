/** The container image of these sources, for tests: built once for all test files. */
import { mkdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { lockFile } from "../../src/platform/file-lock.ts";
import { findProgram } from "../../src/platform/programs.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { artefact } from "./artefacts.ts";
import { debianBase, whyNoDebianBase } from "./debian-base.ts";
import { hangLimitMs } from "./hang-limit.ts";
import { runProgram, runWell } from "./run-program.ts";

const timeoutMs = hangLimitMs;

/** Why no image can be built and run here, or `undefined`. */
export function whyNoContainers(): string | undefined {
  for (const program of ["podman", "runc", "iptables", "podman-compose"])
    if (findProgram(program) === undefined) return `${program} is not installed`;
  return whyNoDebianBase();
}

/**
 * A bare Debian as an image, made on this machine without a container registry. Returns its name. It is the suite on which
 * `deploy/Dockerfile` builds.
 */
export async function debianImage(): Promise<string> {
  const base = await debianBase({ suite: "trixie" });
  const name = `localhost/harbinger-test-debian:${base.name}`;
  using lock = await lockFile(path.join(lockFolder(), "debian-image.lock"), { clock: systemClock, timeoutMs });
  if (lock === undefined) throw new Error(`another process has been importing ${name} for too long`);
  if (!(await exists(name))) await runWell("podman", ["import", "--quiet", base.archive, name]);
  return name;
}

/** The identifier of the image as `npm run package:image` builds it. */
export async function containerImage(): Promise<string> {
  process.env["BASE_IMAGE"] = await debianImage();
  const archive = await artefact("image");
  const { stdout } = await runWell("tar", ["--extract", "--to-stdout", "--file", archive, "manifest.json"]);
  const [manifest] = JSON.parse(stdout) as readonly { readonly Config: string }[];
  const id = manifest?.Config.replace(/\.json$/, "") ?? "";
  using lock = await lockFile(path.join(lockFolder(), "image.lock"), { clock: systemClock, timeoutMs });
  if (lock === undefined) throw new Error(`another process has been loading ${archive} for too long`);
  if (!(await exists(id))) await runWell("podman", ["load", "--quiet", "--input", archive]);
  return id;
}

async function exists(image: string): Promise<boolean> {
  const { status } = await runProgram("podman", ["image", "exists", image]);
  return status === 0;
}

function lockFolder(): string {
  const folder = path.join(os.homedir(), ".cache", "harbinger-tests");
  mkdirSync(folder, { recursive: true });
  return folder;
}
