/**
 * The countries of the world as SVG paths, from Natural Earth (public domain) by way of world-atlas. Made in advance, so that neither
 * the pages nor the program need the projection.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { geoEqualEarth, geoPath } from "d3-geo";
import type { FeatureCollection } from "geojson";
import { iso31661 } from "iso-3166";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";

type World = Topology<{ readonly countries: GeometryCollection<{ readonly name: string }> }>;

const width = 1000;
const height = 460;
/** Nobody connects from there, and it would take a fifth of the height. */
const leftOut = "AQ";

/** The source of src/present/map/world-shapes.ts. */
export function worldShapesSource(): string {
  const file = fileURLToPath(import.meta.resolve("world-atlas/countries-110m.json"));
  const world = JSON.parse(readFileSync(file, "utf8")) as World;
  const countries = feature(world, world.objects.countries);
  const codes = new Map(iso31661.map(({ numeric, alpha2 }) => [numeric, alpha2 as string]));
  const shown: FeatureCollection = {
    ...countries,
    features: countries.features.filter(({ id }) => codes.get(String(id)) !== leftOut),
  };
  const projection = geoEqualEarth().fitSize([width, height], shown);
  const shapes = shown.features.map((country) => {
    const context = new PathText();
    geoPath(projection, context)(country);
    // Areas without a code of their own, such as Northern Cyprus, are land of no country here.
    return { code: codes.get(String(country.id)) ?? "", path: context.text };
  });
  const lines = shapes
    .filter(({ path }) => path !== "")
    .sort((one, other) => (one.code < other.code ? -1 : 1))
    .map(({ code, path }) => `  [${JSON.stringify(code)}, ${JSON.stringify(path)}],`);
  return [
    "// biome-ignore-all format: one line for each country",
    "/** Made by `npm run build:map` from Natural Earth's map of countries, 1:110 million (public domain). */",
    "",
    `export const mapWidth = ${width};`,
    `export const mapHeight = ${height};`,
    "",
    "/** Country code (ISO 3166-1 alpha-2; empty for areas without one) and SVG path. Small countries are not on this map. */",
    "export const worldShapes: readonly (readonly [code: string, path: string])[] = [",
    ...lines,
    "];",
    "",
  ].join("\n");
}

/** What d3-geo draws, as a path of whole, relative numbers: a third of the size of its own text. */
class PathText {
  text = "";
  #x = 0;
  #y = 0;
  #ring: string[] = [];

  moveTo(x: number, y: number): void {
    this.#x = Math.round(x);
    this.#y = Math.round(y);
    this.#ring = [`M${this.#x},${this.#y}`];
  }

  lineTo(x: number, y: number): void {
    const [stepX, stepY] = [Math.round(x) - this.#x, Math.round(y) - this.#y];
    if (stepX === 0 && stepY === 0) return;
    this.#x += stepX;
    this.#y += stepY;
    this.#ring.push(`${this.#ring.length === 1 ? "l" : stepX < 0 ? "" : " "}${stepX}${stepY < 0 ? "" : " "}${stepY}`);
  }

  /** A ring of fewer than three points is smaller than a point of the map. */
  closePath(): void {
    if (this.#ring.length > 2) this.text += `${this.#ring.join("")}z`;
  }

  arc(): void {
    throw new Error("countries have no points");
  }

  beginPath(): void {}
}
