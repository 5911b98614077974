/** The list of discoveries, in which they are acknowledged. */
import { useState } from "preact/hooks";
import type { DiscoveryJson } from "../../../../present/discoveries/discovery-schema.ts";
import { AcknowledgeButton } from "../../acknowledge.tsx";
import { AcknowledgeFound } from "../../acknowledge-found.tsx";
import { Acknowledged, FoundCell, StatusCell } from "../../discovery-details.tsx";
import { type ListChoices, listView } from "../../list-view.ts";
import { Foreign, Time } from "../../parts.tsx";
import { useList, useProgram, withRow } from "../../state.ts";
import { type Column, Table } from "../../table.tsx";
import { ViewFaults } from "../../view-faults.tsx";
import { emptyWords, type NetworkListProps } from "./list-words.ts";

const discoveryChoices: ListChoices = { sorts: ["time"], order: "descending" };

export function Discoveries({ place }: NetworkListProps) {
  const { query } = place;
  const { mayOperate } = useProgram();
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
      narrow: { line: 4, part: "first" },
      cell: ({ at }) => <Time iso={at} />,
    },
    {
      title: "What",
      width: "own",
      narrow: { line: 1, lines: 2 },
      cell: (discovery) => <FoundCell discovery={discovery} />,
    },
    { title: "Watch", width: "wide", cell: ({ watch }) => <Foreign text={watch} /> },
    {
      title: "Status",
      width: "notes",
      narrow: { line: 3, part: "start" },
      cell: (discovery) => <StatusCell discovery={discovery} />,
    },
    {
      title: "Acknowledged",
      isOnlyNarrow: true,
      width: "own",
      narrow: { line: 4, part: "after" },
      cell: (discovery) => <Acknowledged discovery={discovery} />,
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
      <ViewFaults faults={faults} />
      <AcknowledgeFound query={query} list={list} order={sorting.order} changes={changes} />
      <Table
        caption={`What was found new, gone, back or changed, ${sorting.order === "ascending" ? "oldest" : "newest"} first`}
        columns={mayOperate ? columns : columns.filter(({ title }) => title !== "Action")}
        list={list}
        sorting={sorting}
        keyOf={({ id }) => id}
        empty={emptyWords(query, "Nothing was found yet.")}
      />
    </>
  );
}
