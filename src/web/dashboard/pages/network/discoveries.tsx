/** The list of discoveries, in which they are acknowledged. */
import { useState } from "preact/hooks";
import type { DiscoveryJson } from "../../../../present/discoveries/discovery-schema.ts";
import { AcknowledgeButton, Attention } from "../../acknowledge.tsx";
import { AcknowledgeFound } from "../../acknowledge-found.tsx";
import { DiscoveryWords } from "../../discovery-words.tsx";
import { type ListChoices, listView } from "../../list-view.ts";
import { Foreign, Time } from "../../parts.tsx";
import { useList, withRow } from "../../state.ts";
import { type Column, Table } from "../../table.tsx";
import { ViewFaults } from "../../view-faults.tsx";
import { emptyWords, type NetworkListProps } from "./list-words.ts";

const discoveryChoices: ListChoices = { sorts: ["time"], order: "descending" };

export function Discoveries({ place }: NetworkListProps) {
  const { query } = place;
  const { sorting, faults } = listView(place, discoveryChoices);
  const list = useList<DiscoveryJson>("discoveries", { q: query, order: sorting.order });
  const [changes, setChanges] = useState(0);
  const changed = (discovery: DiscoveryJson) => {
    list.update((rows) => withRow(rows, discovery));
    setChanges(changes + 1);
  };
  const columns: readonly Column<DiscoveryJson>[] = [
    {
      title: "Time",
      width: "time",
      sortBy: "time",
      narrow: { line: 3, part: "first" },
      cell: ({ at }) => <Time iso={at} />,
    },
    { title: "What", narrow: { line: 1, lines: 2 }, cell: (discovery) => <DiscoveryWords discovery={discovery} /> },
    { title: "Watch", width: "wide", cell: ({ watch }) => <Foreign text={watch} /> },
    {
      title: "Status",
      width: "notes",
      narrow: { line: 3, part: "middle" },
      cell: (discovery) => <Attention discovery={discovery} />,
    },
    {
      title: "Action",
      width: "buttons",
      narrow: { line: 3, part: "end" },
      cell: (discovery) => <AcknowledgeButton discovery={discovery} changed={changed} />,
    },
  ];
  return (
    <>
      <AcknowledgeFound query={query} list={list} order={sorting.order} changes={changes} />
      <Table
        caption={`What was found new, gone, back or changed, ${sorting.order === "ascending" ? "oldest" : "newest"} first`}
        columns={columns}
        list={list}
        sorting={sorting}
        keyOf={({ id }) => id}
        empty={emptyWords(query, "Nothing was found yet.")}
      />
    </>
  );
}
      <ViewFaults faults={faults} />
