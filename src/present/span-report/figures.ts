/** The chart and the map of a report, as SVG without scripts and inline styles. */
import type { ConnectionSummary } from "../../core/connection-store.ts";
import { levelsOf, mapLevels } from "../map/map-levels.ts";
import { mapHeight, mapWidth, worldShapes } from "../map/world-shapes.ts";
import { grouped } from "../text/grouped.ts";
import { type Html, tag, words } from "./html.ts";

export interface Bar {
  readonly name: string;
  /** Below the bar, where there is room. */
  readonly label: string;
  readonly count: number;
}

const chartWidth = 1000;
const chartHeight = 220;
const left = 90;
const bottom = 28;
const top = 22;
/** Names below the bars. */
const maxNames = 8;

/** Bars over time, with a line for half and for all of the highest count. */
export function barChart(label: string, bars: readonly Bar[]): Html {
  const most = niceMaximum(Math.max(1, ...bars.map(({ count }) => count)));
  const step = (chartWidth - left) / Math.max(1, bars.length);
  const space = chartHeight - bottom - top;
  const y = (count: number) => chartHeight - bottom - (count / most) * space;
  const lines = [0, most / 2, most].map((count) => [
    tag("line", { class: "grid", x1: left, x2: chartWidth, y1: round(y(count)), y2: round(y(count)) }),
    tag("text", { x: left - 8, y: round(y(count)) + 4, "text-anchor": "end" }, words(grouped(count))),
  ]);
  const everyName = Math.max(1, Math.ceil(bars.length / maxNames));
  const shapes = bars.map(({ name, count }, place) => {
    const height = count === 0 ? 0 : Math.max(2, (count / most) * space);
    return tag(
      "rect",
      {
        class: "bar",
        x: round(left + place * step + step * 0.1),
        y: round(chartHeight - bottom - height),
        width: round(Math.max(1, step * 0.8)),
        height: round(height),
      },
      tag("title", {}, words(`${name}: ${grouped(count)}`)),
    );
  });
  const names = bars.flatMap(({ label: below }, place) =>
    place % everyName === 0
      ? [
          tag(
            "text",
            { x: round(left + place * step + (bars.length === 1 ? step / 2 : 0)), y: chartHeight - 8 },
            words(below),
          ),
        ]
      : [],
  );
  return tag(
    "svg",
    { viewBox: `0 0 ${chartWidth} ${chartHeight}`, role: "img", "aria-label": label },
    lines.flat(),
    shapes,
    names,
  );
}

/** The next higher of 2, 4, 10, 20, 40, 100 and so on: half of it is a whole number, too. */
function niceMaximum(count: number): number {
  const power = 10 ** Math.floor(Math.log10(count));
  return [2, 4, 10, 20].map((factor) => factor * power).find((limit) => limit >= count) ?? count;
}

/** Countries, the darker the more connections came from them. */
export function worldMap(label: string, countries: ConnectionSummary["countries"]): Html {
  const counts = new Map(countries.map((country) => [country.countryCode, country]));
  const { level } = levelsOf(countries.map(({ count }) => count));
  const shapes = worldShapes.map(([code, path]) => {
    const found = counts.get(code);
    if (found === undefined) return tag("path", { class: "land", d: path });
    const title = `${found.country ?? code}: ${grouped(found.count)}`;
    return tag("path", { class: `level${level(found.count)}`, d: path }, tag("title", {}, words(title)));
  });
  return tag(
    "svg",
    { class: "map", viewBox: `0 0 ${mapWidth} ${mapHeight}`, role: "img", "aria-label": label },
    shapes,
  );
}

/** Countries that are too small for the map. */
export function notOnMap(countries: ConnectionSummary["countries"]): ConnectionSummary["countries"] {
  const codes = new Set(worldShapes.map(([code]) => code));
  return countries.filter(({ countryCode }) => !codes.has(countryCode));
}

/** What the colours of {@link worldMap} mean. */
export function mapLegend(countries: ConnectionSummary["countries"]): Html {
  const { from } = levelsOf(countries.map(({ count }) => count));
  const used = new Set(from);
  const entries = [...used].map((least) => {
    const level = from.lastIndexOf(least) + 1;
    const next = from[level];
    const range = level === mapLevels || next === undefined ? `${grouped(least)} or more` : rangeText(least, next - 1);
    const square = tag("rect", { class: `level${level}`, width: 14, height: 14 });
    return tag("li", {}, tag("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, square), words(range));
  });
  return tag("ul", { class: "legend" }, entries);
}

function rangeText(first: number, last: number): string {
  return first === last ? grouped(first) : `${grouped(first)} to ${grouped(last)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
