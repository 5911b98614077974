import type { Place } from "../../router.ts";

export interface NetworkListProps {
  readonly place: Place;
}

/** What a list without rows says. @param words what is said without a search */
export function emptyWords(query: string, words: string): string {
  return query === "" ? words : "Nothing matches the search.";
}
