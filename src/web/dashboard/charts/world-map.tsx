/** A map of the countries that connections came from. A chunk of its own, because of the shapes. */

import { safeText } from "../../../core/safe-text.ts";
import { levelsOf } from "../../../present/map/map-levels.ts";
import { mapHeight, mapWidth, worldShapes } from "../../../present/map/world-shapes.ts";
import { grouped } from "../../../present/text/grouped.ts";

export interface WorldMapProps {
  readonly countries: readonly {
    readonly countryCode: string;
    readonly country?: string | undefined;
    readonly count: number;
  }[];
  readonly label: string;
}

export function WorldMap({ countries, label }: WorldMapProps) {
  const found = new Map(countries.map((each) => [each.countryCode, each]));
  const { level } = levelsOf(countries.map(({ count }) => count));
  return (
    <svg class="map" viewBox={`0 0 ${mapWidth} ${mapHeight}`} role="img" aria-label={label}>
      {worldShapes.map(([code, path]) => {
        const each = found.get(code);
        if (each === undefined) return <path key={path} class="land" d={path} />;
        return (
          <path key={path} class={`level${level(each.count)}`} d={path}>
            <title>{`${safeText(each.country ?? code, { limit: 80 })}: ${grouped(each.count)}`}</title>
          </path>
        );
      })}
    </svg>
  );
}
