/** All addresses that connected to decoy ports. */
import type { ListedSourceJson } from "../../../present/connections/listed-source-schema.ts";
import { placeOfOrigin } from "../knock-words.tsx";
import { type ListChoices, listView } from "../list-view.ts";
import { useChanges } from "../live.ts";
import { Badge, Foreign, Heading, OnNarrow, Search, Time } from "../parts.tsx";
import { link, type Place } from "../router.ts";
import { NarrowSourceMark, SourceCell } from "../source-words.tsx";
import { useList } from "../state.ts";
import { type Column, Table } from "../table.tsx";
import { ViewFaults } from "../view-faults.tsx";
import { KnockTabs, knockTitle } from "./knock-tabs.tsx";

const columns: readonly Column<ListedSourceJson>[] = [
  {
    title: "From",
    width: "source",
    narrow: { line: 1 },
    cell: (source) => <SourceCell {...source} />,
  },
  {
    title: "Knocks",
    width: "number",
    sortBy: "count",
    narrow: { line: 2, part: "end" },
    cell: (source) => (
      <>
        <NarrowSourceMark {...source} />
        {source.count} <OnNarrow>{source.count === 1 ? "knock" : "knocks"}</OnNarrow>
      </>
    ),
  },
  {
    title: "Protocols",
    narrow: { line: 3, part: "start" },
    cell: ({ protocols }) => protocols.map((protocol) => <Badge key={protocol}>{protocol}</Badge>),
  },
  {
    title: "Place",
    narrow: { line: 3, part: "end" },
    cell: ({ origin }) => <Foreign text={placeOfOrigin(origin)} limit={80} />,
  },
  { title: "Network", width: "narrow", cell: ({ origin }) => (origin?.asn === undefined ? null : `AS${origin.asn}`) },
  { title: "First seen", width: "time", cell: ({ firstSeen }) => <Time iso={firstSeen} /> },
  {
    title: "Last seen",
    width: "time",
    sortBy: "lastSeen",
    narrow: { line: 2, part: "start" },
    cell: ({ lastSeen }) => <Time iso={lastSeen} />,
  },
];

const choices: ListChoices = { sorts: ["lastSeen", "count"], order: "descending" };

export function SourcesPage({ query, view }: Omit<Place, "parts">) {
  const place: Place = { parts: ["knocks", "sources"], query, view };
  useChanges();
  const { sorting, faults } = listView(place, choices);
  const list = useList<ListedSourceJson>("sources", { q: query, sort: sorting.sort, order: sorting.order });
  return (
    <>
      <Heading title={knockTitle("sources")} />
      <KnockTabs current="sources" query={query} />
      <Search
        list="sources"
        query={query}
        hint="known NOT country:NL asn:64500 peer:203.0.113.0/24"
        search={(text) => {
          location.hash = link(place.parts, text, view);
        }}
      />
      <ViewFaults faults={faults} />
      <Table
        caption="Addresses that connected to decoy ports"
        columns={columns}
        list={list}
        sorting={sorting}
        keyOf={({ address }) => address}
        empty={query === "" ? "Nobody has connected to a decoy port yet." : "No source matches the search."}
      />
    </>
  );
}
