/** What the cards of the overview consist of. */
import type { VNode } from "preact";
import { grouped } from "../../../../present/text/grouped.ts";

interface CardProps {
  readonly title: string;
  /** Where all of it is. */
  readonly more: string;
  readonly children: (VNode | null)[] | VNode;
}

export function Card({ title, more, children }: CardProps) {
  return (
    <section class="card" aria-label={title}>
      <h2>
        <a href={more}>{title}</a>
      </h2>
      {children}
    </section>
  );
}

export function Rows({ empty, children }: { readonly empty: string; readonly children: readonly VNode[] }) {
  if (children.length === 0) return <p class="empty">{empty}</p>;
  return <ul class="lines">{children}</ul>;
}

interface Count {
  readonly name: string;
  readonly count: number;
  /** Where they are listed. */
  readonly href: string;
  readonly isBad?: boolean;
}

export function Counts({ counts }: { readonly counts: readonly Count[] }) {
  if (counts.length === 0) return null;
  return (
    <p class="counts">
      {counts.map(({ name, count, href, isBad = false }) => (
        <a key={name} class={isBad ? "badge bad" : "badge plain"} href={href}>
          {name}: {grouped(count)}
        </a>
      ))}
    </p>
  );
}
