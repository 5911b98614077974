/** How a list is sorted and grouped. It is in the address of the page, so that a reload, a link and "back" keep it. */
import { link, type Place } from "./router.ts";

export type Order = "ascending" | "descending";

export interface Sorting {
  readonly sort: string;
  readonly order: Order;
  /** Sorts by another column, or turns the order of this one around. */
  readonly by: (sort: string) => void;
}

export interface ListView {
  readonly sorting: Sorting;
  /** Name of what the rows are grouped by; empty for nothing. */
  readonly group: string;
  readonly groupBy: (group: string) => void;
}

/** What a list can be sorted and grouped by. */
export interface ListChoices {
  /** `sort` of the API; the first is that of a list which nobody has sorted. */
  readonly sorts: readonly [string, ...string[]];
  /** Of a list which nobody has sorted, and of a heading at first. Default: `ascending`. */
  readonly order?: Order;
  readonly groups?: readonly string[];
}

/** The address may have been typed or come with a link: what the list does not know in it is left out. */
export function listView(place: Place, { sorts, order: usual = "ascending", groups = [] }: ListChoices): ListView {
  const { sort, order } = sortedBy(place, sorts, usual);
  const group = groups.find((name) => name === place.view.group) ?? "";
  const go = (view: { readonly sort: string; readonly order: Order; readonly group: string }) => {
    // What is usual is not in the address, so that one list has one address.
    const isUsual = view.sort === sorts[0] && view.order === usual;
    location.hash = link(place.parts, place.query, isUsual ? { group: view.group } : view);
  };
  return {
    sorting: {
      sort,
      order,
      by: (next) => go({ sort: next, order: next === sort ? opposite(order) : usual, group }),
    },
    group,
    groupBy: (next) => go({ sort, order, group: next }),
  };
}

function sortedBy({ view }: Place, sorts: ListChoices["sorts"], usual: Order): Pick<Sorting, "sort" | "order"> {
  const sort = sorts.find((name) => name === view.sort);
  const order = view.order === "ascending" || view.order === "descending" ? view.order : undefined;
  if (sort === undefined) return { sort: sorts[0], order: view.sort === undefined ? (order ?? usual) : usual };
  return { sort, order: order ?? usual };
}

function opposite(order: Order): Order {
  return order === "ascending" ? "descending" : "ascending";
}
