import { useEffect, useState } from "preact/hooks";

/** The page is in the fragment of the address, which is never sent: `#/knocks?q=port:22`. */
export interface Route {
  /** `knocks`, `ID` */
  readonly parts: readonly string[];
  readonly query: string;
}

function readRoute(fragment: string): Route {
  const [path = "", parameters = ""] = fragment.replace(/^#\/?/, "").split("?", 2);
  return {
    parts: path
      .split("/")
      .filter((part) => part !== "")
      .map(decoded),
    query: new URLSearchParams(parameters).get("q") ?? "",
  };
}

export function link(parts: readonly string[], query = ""): string {
  const path = parts.map((part) => encodeURIComponent(part)).join("/");
  return query === "" ? `#/${path}` : `#/${path}?${new URLSearchParams({ q: query }).toString()}`;
}

export function useRoute(): Route {
  const [fragment, setFragment] = useState(location.hash);
  useEffect(() => {
    const changed = () => setFragment(location.hash);
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return readRoute(fragment);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
