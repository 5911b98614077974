/** Opens a store in a temporary folder, uses it, and ends without closing it. */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { openStore } from "../../src/store/open-store.ts";
import { look, sighting, start } from "./sample.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-forgetful-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const store = await openStore({ location: path.join(folder, "harbinger.db") });
await look(store, { at: start, sees: [sighting("10.0.0.1")] });
process.stdout.write(`${await store.services.count()}\n`);
