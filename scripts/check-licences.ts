/** Fails if the licence of a production package is unknown or incompatible with ours. Part of `npm run lint`. */
import path from "node:path";
import { parseArgs } from "node:util";
import { licenceFaults } from "./licences/faults.ts";

const { values } = parseArgs({ options: { root: { type: "string" } } });
const faults = licenceFaults(values.root ?? path.join(import.meta.dirname, ".."));
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
