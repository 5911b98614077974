import { useEffect, useState } from "preact/hooks";
import { changeVisit, visitKey } from "./visits.ts";

/** The page is in the fragment of the address, which is never sent: `#/knocks?q=port:22`. */
export interface Route {
  /** `knocks`, `ID` */
  readonly parts: readonly string[];
  readonly query: string;
  /** Differs for each entry of the browser's history. */
  readonly visit: string;
}

function readRoute(fragment: string, visit: string): Route {
  const [path = "", parameters = ""] = fragment.replace(/^#\/?/, "").split("?", 2);
  return {
    parts: path
      .split("/")
      .filter((part) => part !== "")
      .map(decoded),
    query: new URLSearchParams(parameters).get("q") ?? "",
    visit,
  };
}

export function link(parts: readonly string[], query = ""): string {
  const path = parts.map((part) => encodeURIComponent(part)).join("/");
  return query === "" ? `#/${path}` : `#/${path}?${new URLSearchParams({ q: query }).toString()}`;
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
