import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { projectRoot } from "../../scripts/package/project.ts";
import { worldShapesSource } from "../../scripts/pages/world-map.ts";
import { worldShapes } from "../../src/present/map/world-shapes.ts";

test("the map of the world is what npm run build:map makes, and has most countries", () => {
  const file = path.join(projectRoot, "src/present/map/world-shapes.ts");
  assert.equal(readFileSync(file, "utf8"), worldShapesSource());
  const codes = new Set(worldShapes.map(([code]) => code));
  for (const code of ["DE", "US", "CN", "BR", "NZ", "IS"]) assert.ok(codes.has(code), code);
  assert.ok(codes.size > 165, `${codes.size} countries`);
});
