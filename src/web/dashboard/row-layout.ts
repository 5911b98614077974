/** How the rows of a list stand on a screen that is too narrow for columns: each is a block of a few lines. */
import { useEffect, useState } from "preact/hooks";

/** As in list.css. */
const query = "(max-width: 800px)";
const lineHeight = 28;
/** Above and below its lines, and the border. */
const aroundLines = 13;

/** Of a list with columns. As in style.css. */
export const rowHeight = 48;

/**
 * Which of the three parts of its line a cell takes. The first and the last are as wide as what is in them, and the middle takes the rest.
 * So a line has one cell (`whole`), two (`start` with `end`, or `first` with `after` or, at the right, `rest`), or all three (`first`, `middle`,
 * `end`).
 */
type Part = "whole" | "start" | "end" | "first" | "middle" | "after" | "rest";

const parts: Readonly<Record<Part, string>> = {
  whole: "1 / 4",
  start: "1 / 3",
  end: "3 / 4",
  first: "1 / 2",
  middle: "2 / 3",
  after: "2 / 4",
  rest: "2 / 4",
};

export interface Place {
  /** From 1. Lines that no column of a list has are left out. */
  readonly line: number;
  /** Default: `whole`. */
  readonly part?: Part;
  /** Lines that it is high, for text of up to three. Default: 1. */
  readonly lines?: 1 | 2;
}

export interface RowLayout {
  /** Of each column, the place in the grid of its row; `undefined` where it is left out. */
  readonly cells: readonly (CellPlace | undefined)[];
  /** Pixels. */
  readonly height: number;
}

type CellPlace = Readonly<Record<"gridRow" | "gridColumn", string>>;

/** @param places of the columns; `undefined`: left out */
export function layOut(places: readonly (Place | undefined)[]): RowLayout {
  const used = new Set(
    places.flatMap((place) => (place === undefined ? [] : [place.line, place.line + (place.lines ?? 1) - 1])),
  );
  const lines = [...used].sort((one, other) => one - other);
  const cells = places.map((place) =>
    place === undefined
      ? undefined
      : {
          gridRow: `${lines.indexOf(place.line) + 1} / span ${place.lines ?? 1}`,
          gridColumn: parts[place.part ?? "whole"],
        },
  );
  return { cells, height: lines.length * lineHeight + aroundLines };
}

/** Whether the screen is too narrow for columns. */
export function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const screen = matchMedia(query);
    const changed = () => setNarrow(screen.matches);
    changed();
    screen.addEventListener("change", changed);
    return () => screen.removeEventListener("change", changed);
  }, []);
  return isNarrow;
}
