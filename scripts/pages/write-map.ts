/** Writes the map of the world that the pages and the report show: `npm run build:map`. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { worldShapesSource } from "./world-map.ts";

writeFileSync(path.join(import.meta.dirname, "../../src/present/map/world-shapes.ts"), worldShapesSource());
