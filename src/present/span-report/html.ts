/** Elements of an HTML page without inline styles. Text comes in through {@link words} alone. */
import { escapeHtml, safeText } from "../../core/safe-text.ts";

/** Complete, and safe to embed; made only by {@link words} and {@link tag}. */
export type Html = string & { readonly html: true };

export function words(text: string, limit = 200): Html {
  return escapeHtml(safeText(text, { limit })) as Html;
}

type Content = Html | undefined;
type Attributes = Readonly<Record<string, string | number | undefined>>;

const empty = new Set(["meta", "rect", "path", "line"]);

export function tag(name: string, attributes: Attributes, ...content: readonly (Content | readonly Content[])[]): Html {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeHtml(String(value))}"`)
    .join("");
  const inside = content.flat().filter((part) => part !== undefined);
  if (empty.has(name) && inside.length === 0) return `<${name}${written}/>` as Html;
  return `<${name}${written}>${inside.join("")}</${name}>${ends.has(name) ? "\n" : ""}` as Html;
}

/** Elements that end a line, so that the file can be read. */
const ends = new Set(["h1", "h2", "h3", "p", "tr", "table", "ul", "li", "section", "svg", "dl", "details"]);

export interface TableColumn<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Html;
  readonly isNumber?: true;
}

/** A table whose first column names the row. `stacked`: on a phone each cell is a line of its own, with its title. */
export function table<Row>(
  caption: string,
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  look?: "stacked",
): Html {
  const classOf = ({ isNumber }: TableColumn<Row>) => (isNumber === true ? "number" : undefined);
  return tag(
    "table",
    { class: look },
    tag("caption", {}, words(caption)),
    tag(
      "thead",
      {},
      tag(
        "tr",
        {},
        columns.map((column) => tag("th", { scope: "col", class: classOf(column) }, words(column.title))),
      ),
    ),
    tag(
      "tbody",
      {},
      rows.map((row) =>
        tag(
          "tr",
          {},
          columns.map((column, place) =>
            place === 0
              ? tag("th", { scope: "row", class: classOf(column) }, column.cell(row))
              : tag(
                  "td",
                  { class: classOf(column), "data-title": look === undefined ? undefined : column.title },
                  column.cell(row),
                ),
          ),
        ),
      ),
    ),
  );
}
