import { link } from "../router.ts";

/** The views of the page of knocks; all keep the search. */
export function KnockTabs({
  current,
  query,
}: {
  readonly current: "list" | "summary" | "sources";
  readonly query: string;
}) {
  return (
    <nav class="tabs" aria-label="Views">
      <a href={link(["knocks"], query)} aria-current={current === "list" ? "page" : undefined}>
        One by one
      </a>
      <a href={link(["knocks", "summary"], query)} aria-current={current === "summary" ? "page" : undefined}>
        Where from
      </a>
      <a href={link(["knocks", "sources"], query)} aria-current={current === "sources" ? "page" : undefined}>
        Sources
      </a>
    </nav>
  );
}
