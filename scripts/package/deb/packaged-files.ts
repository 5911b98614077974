import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../project.ts";
import { copyrightFile } from "./copyright.ts";
import type { PackageTree } from "./package-tree.ts";

export interface DebianProject {
  readonly version: string;
  /** Seconds since 1970. */
  readonly sourceDate: number;
  /** The single executable. */
  readonly executable: string;
  /** The folder that `npm run package:help` filled. */
  readonly help: string;
}

export const maintainer = "Harbinger maintainers <maintainers@harbinger.invalid>";

const doc = "/usr/share/doc/harbinger";
const deploy = (...names: readonly string[]) => path.join(projectRoot, "deploy", ...names);

/** Only their owner and the service's group may read them, because they may get passwords. The installation sets the group. */
const secretMode = 0o640;

/** Puts every file of the package in its place. */
export async function packagedFiles(tree: PackageTree, project: DebianProject): Promise<void> {
  tree.copy(project.executable, "/usr/bin/harbinger", 0o755);
  tree.link("/usr/bin/portwatcher", "harbinger");
  for (const name of ["harbinger.service", "portwatcher.service"]) {
    tree.copy(deploy("systemd", name), `/lib/systemd/system/${name}`);
    const dropIns = `${name}.d`;
    for (const each of readdirSync(deploy("systemd", dropIns)).sort()) {
      tree.copy(deploy("systemd", dropIns, each), `${doc}/examples/${dropIns}/${each}`);
    }
  }
  for (const name of ["harbinger-backup.service", "harbinger-backup.timer"]) {
    tree.copy(deploy("systemd", name), `/lib/systemd/system/${name}`);
  }
  tree.copy(deploy("debian", "harbinger.yaml"), "/etc/harbinger/harbinger.yaml", secretMode);
  tree.copy(deploy("debian", "portwatcher.env"), "/etc/default/portwatcher", secretMode);
  tree.copy(deploy("debian", "logrotate"), "/etc/logrotate.d/harbinger");
  tree.copy(deploy("debian", "lintian-overrides"), "/usr/share/lintian/overrides/harbinger");
  tree.write(`${doc}/copyright`, await copyrightFile());
  tree.writeCompressed(`${doc}/changelog`, changelog(project));
  tree.writeCompressed(`${doc}/CHANGELOG.md`, readFileSync(path.join(projectRoot, "CHANGELOG.md")));
  const docs = path.join(projectRoot, "docs");
  for (const name of filesBelow(docs)) tree.copy(path.join(docs, name), `${doc}/docs/${name}`);
  help(tree, project.help);
}

/** Manual pages and completions. */
function help(tree: PackageTree, made: string): void {
  for (const name of namesIn(path.join(made, "man"))) {
    const section = path.extname(name).slice(1);
    tree.writeCompressed(`/usr/share/man/man${section}/${name}`, readFileSync(path.join(made, "man", name)));
  }
  for (const name of namesIn(path.join(made, "completions"))) {
    tree.copy(path.join(made, "completions", name), completionPlace(name));
  }
}

function completionPlace(name: string): string {
  if (name.endsWith(".bash")) return `/usr/share/bash-completion/completions/${path.basename(name, ".bash")}`;
  if (name.endsWith(".fish")) return `/usr/share/fish/vendor_completions.d/${name}`;
  return `/usr/share/zsh/vendor-completions/${name}`;
}

function filesBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => statSync(path.join(folder, name)).isFile()).sort();
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** In Debian's format; the changes are in the project's change log. */
function changelog({ version, sourceDate }: DebianProject): string {
  const date = new Date(sourceDate * 1000).toUTCString().replace("GMT", "+0000");
  return `harbinger (${version}) unstable; urgency=medium

  * New release: what changed is in ${doc}/CHANGELOG.md.gz

 -- ${maintainer}  ${date}
`;
}
