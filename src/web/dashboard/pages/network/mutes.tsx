/** The list of mutes, also of those that are over. */
import type { MuteJson } from "../../../../present/mutes/mute-schema.ts";
import { mutedText } from "../../../../present/mutes/muted-text.ts";
import { unsorted, viewFaults } from "../../list-view.ts";
import { EndMuteButton } from "../../mutes.tsx";
import { HostLink } from "../../network-words.tsx";
import { Badge, Foreign, LabelledTime } from "../../parts.tsx";
import { link } from "../../router.ts";
import { useList, useProgram, withRow } from "../../state.ts";
import { type Column, Table } from "../../table.tsx";
import { ViewFaults } from "../../view-faults.tsx";
import { emptyWords, type NetworkListProps } from "./list-words.ts";

export function Mutes({ place }: NetworkListProps) {
  const { query, view } = place;
  const { mayOperate } = useProgram();
  const list = useList<MuteJson>("mutes", { q: query });
  const columns: readonly Column<MuteJson>[] = [
    { title: "What", narrow: { line: 1, lines: 2 }, cell: (mute) => <MutedThing mute={mute} /> },
    { title: "Why", narrow: { line: 3, part: "start" }, cell: ({ note }) => <Foreign text={note} /> },
    { title: "By", width: "narrow", cell: ({ by }) => <Foreign text={by} limit={64} /> },
    {
      title: "Until",
      width: "minute",
      narrow: { line: 4, part: "first" },
      cell: ({ until }) => <LabelledTime label="until" iso={until} />,
    },
    {
      title: "State",
      width: "narrow",
      narrow: { line: 3, part: "end" },
      cell: ({ active, endedBy }) => (
        <Badge tone={active ? "warn" : "plain"}>
          {endedBy === undefined ? (active ? "in force" : "over") : "ended"}
        </Badge>
      ),
    },
    {
      title: "Action",
      width: "narrow",
      narrow: { line: 4, part: "rest" },
      cell: (mute) => <EndMuteButton mute={mute} changed={(ended) => list.update((rows) => withRow(rows, ended))} />,
    },
  ];
  return (
    <>
      <ViewFaults faults={viewFaults(view, unsorted)} />
      <Table
        caption="Mutes, newest first"
        columns={mayOperate ? columns : columns.filter(({ title }) => title !== "Action")}
        list={list}
        keyOf={({ id }) => id}
        empty={emptyWords(query, "Nothing is muted. Mute a device in its list, or a host on its page.")}
      />
    </>
  );
}

function MutedThing({ mute }: { readonly mute: MuteJson }) {
  if (mute.address !== undefined)
    return (
      <>
        host <HostLink address={mute.address} />
        {mute.port === undefined ? "" : `, port ${mute.port}`}
      </>
    );
  if (mute.source !== undefined) return <a href={link(["knocks"], `peer:${mute.source}`)}>{mutedText(mute)}</a>;
  return <a href={link(["network", "devices"], `mac:${mute.mac}`)}>{mutedText(mute)}</a>;
}
