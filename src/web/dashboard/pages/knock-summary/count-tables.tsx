/** Tables of names with how many connections each has. */
import type { ComponentChildren } from "preact";
import { grouped } from "../../../../present/text/grouped.ts";
import { Foreign } from "../../parts.tsx";

interface TopRow {
  readonly key: string;
  readonly href: string;
  readonly name: string;
  readonly about?: ComponentChildren;
  readonly count: number;
}

/** The rows of one kind. Each name links to its connections. */
export function Top({
  title,
  column,
  rows,
  children,
}: {
  readonly title: string;
  readonly column: string;
  readonly rows: readonly TopRow[];
  /** Below the table. */
  readonly children?: ComponentChildren;
}) {
  if (rows.length === 0) return null;
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      <TopTable title={title} column={column} rows={rows} />
      {children}
    </section>
  );
}

/** The rows of one kind, each with a link to its connections. */
export function TopTable({
  title,
  column,
  rows,
}: {
  readonly title: string;
  readonly column: string;
  readonly rows: readonly TopRow[];
}) {
  const links = rows.map(({ key, href, name, about, count }) => {
    const head = (
      <>
        <a href={href}>
          <Foreign text={name} limit={120} />
        </a>{" "}
        {about}
      </>
    );
    return { key, head, count };
  });
  return <CountTable title={title} column={column} rows={links} />;
}

export function CountTable({
  title,
  column,
  rows,
}: {
  readonly title: string;
  readonly column: string;
  readonly rows: readonly { readonly key: string; readonly head: ComponentChildren; readonly count: number }[];
}) {
  return (
    <table class="top">
      <caption class="for-readers">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{column}</th>
          <th scope="col" class="amount">
            Connections
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, head, count }) => (
          <tr key={key}>
            <th scope="row">{head}</th>
            <td class="amount">{grouped(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
