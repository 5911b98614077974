import { safeText } from "../../../core/safe-text.ts";
import type { ReportDetailsJson, ReportJson } from "../../../present/deliveries/report-schema.ts";
import { grouped } from "../../../present/text/grouped.ts";
import { DeliveryState } from "../delivery-words.tsx";
import { Facts, Failure, Foreign, Heading, Lines, recipientText, Search, Time } from "../parts.tsx";
import { link } from "../router.ts";
import { useAnswer, useList } from "../state.ts";
import { type Column, Table } from "../table.tsx";
import { NoSuch } from "./no-such.tsx";

const columns: readonly Column<ReportJson>[] = [
  {
    title: "Time",
    width: "time",
    narrow: { line: 3, part: "start" },
    cell: ({ id, time }) => (
      <a href={link(["reports", String(id)])}>
        <Time iso={time} />
      </a>
    ),
  },
  { title: "Label", width: "wide", cell: ({ label }) => <Foreign text={label} /> },
  { title: "Subject", narrow: { line: 1 }, cell: ({ subject, file }) => <Foreign text={subject ?? file} /> },
  {
    title: "Recipient",
    narrow: { line: 2 },
    cell: (row) => <Foreign text={recipientText(row)} />,
  },
  {
    title: "State",
    width: "narrow",
    narrow: { line: 3, part: "end" },
    cell: ({ state }) => <DeliveryState state={state} />,
  },
];

export function ReportsPage({ query }: { readonly query: string }) {
  const list = useList<ReportJson>("reports", { q: query });
  return (
    <>
      <Heading title="Reports" />
      <Search
        list="reports"
        query={query}
        hint="label:x since:7d"
        search={(text) => {
          location.hash = link(["reports"], text);
        }}
      />
      <Table
        caption="Reports, newest first"
        columns={columns}
        list={list}
        keyOf={({ id }) => id}
        empty={
          query === ""
            ? "There is no report yet. The first scan of a watch makes one for each of its recipients."
            : "No report matches the search."
        }
      />
    </>
  );
}

function discoveriesText(count: number): string | undefined {
  if (count === 0) return undefined;
  return count === 1 ? "1" : `${grouped(count)} (a line can have several)`;
}

export function ReportPage({ id }: { readonly id: string }) {
  const { value, error, isMissing, reload } = useAnswer<ReportDetailsJson>(`reports/${encodeURIComponent(id)}`);
  if (isMissing === true)
    return (
      <NoSuch title="No such report" href={link(["reports"])} where="All reports">
        There is no report {safeText(id, { limit: 100 })}. Old reports are deleted after the retention time.
      </NoSuch>
    );
  if (value === undefined) {
    return (
      <>
        <Heading title={`Report ${id}`} />
        <Failure message={error} again={reload} />
      </>
    );
  }
  return (
    <>
      <Heading title={value.subject ?? `Report ${id}`}>
        <DeliveryState state={value.state} />
      </Heading>
      <Facts
        facts={[
          ["Time", <Time key="time" iso={value.time} />],
          ["Label", <Foreign key="label" text={value.label} />],
          ["Recipient", <Foreign key="recipient" text={recipientText(value)} />],
          // An alert announces connections: it has none.
          // A line of the text joins those of one host, device or service.
          ["Discoveries", discoveriesText(value.announced)],
        ]}
      />
      <Lines label="Text of the report" text={value.text} />
    </>
  );
}
