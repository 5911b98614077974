/** How a list is sorted and grouped. It is in the address of the page, so that a reload, a link and "back" keep it. */
import { link, type Place, type View } from "./router.ts";

export type Order = "ascending" | "descending";

export interface Sorting {
  readonly sort: string;
  readonly order: Order;
  /** Sorts by another column, or turns the order of this one around. */
  readonly by: (sort: string) => void;
}

export interface ListView {
  /** What the address of the page says and the list does not know, in sentences. */
  readonly faults: readonly string[];
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

/** The address may have been typed or come with a link: what the list does not know in it is left out, and said. */
export function listView(place: Place, { sorts, order: usual = "ascending", groups = [] }: ListChoices): ListView {
  const { sort, order } = sortedBy(place, sorts, usual);
  const group = groups.find((name) => name === place.view.group) ?? "";
  const go = (view: { readonly sort: string; readonly order: Order; readonly group: string }) => {
    // What is usual is not in the address, so that one list has one address.
    const isUsual = view.sort === sorts[0] && view.order === usual;
    location.hash = link(place.parts, place.query, isUsual ? { group: view.group } : view);
  };
  return {
    faults: viewFaults(place.view, { sorts, groups }),
    sorting: {
      sort,
      order,
      by: (next) => go({ sort: next, order: next === sort ? opposite(order) : usual, group }),
    },
    group,
    groupBy: (next) => go({ sort, order, group: next }),
  };
}

/** Of a page that can neither be sorted nor grouped. */
export const unsorted = { sorts: [], groups: [] } as const;

const orders: readonly string[] = ["ascending", "descending"] satisfies readonly Order[];

/**
 * What the address of a page says and its list does not know, in sentences.
 * @param choices of the list; without any for a page that cannot be sorted or grouped
 */
export function viewFaults(
  { sort, order, group }: View,
  { sorts, groups }: { readonly sorts: readonly string[]; readonly groups: readonly string[] },
): readonly string[] {
  const given = [
    { name: "sort", value: sort, choices: sorts },
    { name: "order", value: order, choices: sorts.length === 0 ? [] : orders },
    { name: "group", value: group, choices: groups },
  ];
  return given.flatMap(({ name, value, choices }) => {
    if (value === undefined || value === "" || choices.includes(value)) return [];
    const known = choices.length === 0 ? `this page has no ${name}` : `possible: ${choices.join(", ")}`;
    return [`The address of this page has ${name}=${value}, which has no effect; ${known}.`];
  });
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
