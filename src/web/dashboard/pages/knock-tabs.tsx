import { link } from "../router.ts";

const views = {
  list: { title: "One by one", parts: ["knocks"] },
  sources: { title: "Sources", parts: ["knocks", "sources"] },
  summary: { title: "Where from", parts: ["knocks", "summary"] },
} as const;

type KnockView = keyof typeof views;

/** The heading of a view: with its name, as its tab has it. */
export function knockTitle(view: KnockView): string {
  return `Knocks: ${views[view].title}`;
}

/** The views of the page of knocks; all keep the search. */
export function KnockTabs({ current, query }: { readonly current: KnockView; readonly query: string }) {
  return (
    <nav class="tabs" aria-label="Views">
      {Object.entries(views).map(([view, { title, parts }]) => (
        <a key={view} href={link(parts, query)} aria-current={view === current ? "page" : undefined}>
          {title}
        </a>
      ))}
    </nav>
  );
}
