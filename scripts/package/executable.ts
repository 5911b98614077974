/** Makes the single executable: `npm run package:executable [-- --to FOLDER]`. */
import { heapOptions } from "../../bin/start-again.js";
import { bundle } from "./executable/bundle.ts";
import { notices } from "./executable/notices.ts";
import { makeSingleExecutable } from "./executable/single-executable.ts";
import { inPackages } from "./packages.ts";
import { builtPages } from "./pages.ts";
import { packageFile, readProject } from "./project.ts";

const { version } = readProject();

await inPackages(`harbinger-${version}-linux-x64`, async (work) => {
  const { main, worker, modules, inputs } = await bundle();
  const assets = new Map<string, { text: string } | { file: string }>([
    ["version", { text: version }],
    ["notices", { text: await notices({ inputs }, work) }],
    ["store-worker.js", { text: worker }],
    ["country-data", { file: packageFile("@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb") }],
    ["oui-data", { file: packageFile("oui-data/index.json") }],
    ["koffi.node", { file: packageFile("@koromix/koffi-linux-x64/linux_x64/koffi.node") }],
  ]);
  for (const [name, file] of await builtPages(work)) assets.set(`pages/${name}`, { file });
  for (const [name, text] of [...modules].sort()) assets.set(`code/${name}`, { text });
  return await makeSingleExecutable({ main, nodeOptions: heapOptions, assets }, work);
});
