/**
 * Writes the licences of all third-party parts of the single executable:
 * `npm run package:notices [-- --to FOLDER]`.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { bundle } from "./executable/bundle.ts";
import { notices } from "./executable/notices.ts";
import { inPackages } from "./packages.ts";
import { readProject } from "./project.ts";

await inPackages(`harbinger-${readProject().version}-notices.txt`, async (work) => {
  const file = path.join(work, "notices.txt");
  writeFileSync(file, await notices(await bundle(), work));
  return file;
});
