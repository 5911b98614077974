import { useEffect, useState } from "preact/hooks";
import { changeVisit, visitKey } from "./visits.ts";

/** What the address says about the order of a list. It may be anything: see list-view.ts. */
export interface View {
  readonly sort?: string | undefined;
  readonly order?: string | undefined;
  readonly group?: string | undefined;
}

/** A page with its search. */
export interface Place {
  /** `knocks`, `ID` */
  readonly parts: readonly string[];
  readonly query: string;
  readonly view: View;
}

/** The page is in the fragment of the address, which is never sent: `#/knocks?q=port:22`. */
export interface Route extends Place {
  /** Differs for each entry of the browser's history. */
  readonly visit: string;
}

function readRoute(fragment: string, visit: string): Route {
  const [path = "", text = ""] = fragment.replace(/^#\/?/, "").split("?", 2);
  const parameters = new URLSearchParams(text);
  const value = (name: string) => parameters.get(name) ?? undefined;
  return {
    parts: path
      .split("/")
      .filter((part) => part !== "")
      .map(decoded),
    query: value("q") ?? "",
    view: { sort: value("sort"), order: value("order"), group: value("group") },
    visit,
  };
}

export function link(parts: readonly string[], query = "", { sort, order, group }: View = {}): string {
  const path = parts.map((part) => encodeURIComponent(part)).join("/");
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ q: query, sort, order, group }))
    if (value !== undefined && value !== "") parameters.set(name, value);
  return parameters.size === 0 ? `#/${path}` : `#/${path}?${parameters.toString()}`;
}

/** The page of one source of connections. */
export function sourceLink(address: string): string {
  return link(["knocks", "from", address]);
}

export function useRoute(): Route {
  const [{ fragment, visit }, setPlace] = useState({ fragment: location.hash, visit: visitKey() });
  useEffect(() => {
    const changed = () => setPlace({ fragment: location.hash, visit: changeVisit() });
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return readRoute(fragment, visit);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
