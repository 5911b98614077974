import { link } from "../router.ts";

/** The two views of the page of knocks; both keep the search. */
export function KnockTabs({ current, query }: { readonly current: "list" | "summary"; readonly query: string }) {
  return (
    <nav class="tabs" aria-label="Views">
      <a href={link(["knocks"], query)} aria-current={current === "list" ? "page" : undefined}>
        One by one
      </a>
      <a href={link(["knocks", "summary"], query)} aria-current={current === "summary" ? "page" : undefined}>
        Where from
      </a>
    </nav>
  );
}
