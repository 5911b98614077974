/** The list of hosts. */
import type { HostJson } from "../../../../present/hosts/host-schema.ts";
import { SharedMark } from "../../devices.tsx";
import { byDevice, bySubnet, byVendor, GroupedList } from "../../grouping.tsx";
import { type ListChoices, listView } from "../../list-view.ts";
import { HostLink, State } from "../../network-words.tsx";
import { Foreign, OnNarrow, Time } from "../../parts.tsx";
import type { Column } from "../../table.tsx";
import { emptyWords, type NetworkListProps } from "./list-words.ts";

const hostColumns: readonly Column<HostJson>[] = [
  {
    title: "Address",
    width: "address",
    sortBy: "address",
    narrow: { line: 1 },
    cell: ({ address }) => <HostLink address={address} />,
  },
  {
    title: "Name",
    narrow: { line: 2, part: "start" },
    cell: ({ deviceName: own, hostnames, sharedBy }) => (
      <>
        <SharedMark devices={sharedBy} /> <Foreign text={own ?? hostnames[0]} />
      </>
    ),
  },
  { title: "Vendor", cell: ({ vendors }) => <Foreign text={vendors.join(", ")} /> },
  {
    title: "Services",
    width: "number",
    narrow: { line: 3, part: "rest" },
    cell: ({ serviceCount }) => (
      <>
        {serviceCount} <OnNarrow>{serviceCount === 1 ? "service" : "services"}</OnNarrow>
      </>
    ),
  },
  {
    title: "State",
    width: "narrow",
    narrow: { line: 2, part: "end" },
    cell: ({ states, exposed }) => <State states={states} exposed={exposed} />,
  },
  {
    title: "Last seen",
    width: "minute",
    narrow: { line: 3, part: "first" },
    cell: ({ lastSeen }) => <Time iso={lastSeen} />,
  },
];

const hostGroups = [bySubnet, byDevice, byVendor];

const hostChoices: ListChoices = { sorts: ["address"], groups: hostGroups.map(({ name }) => name) };

export function Hosts({ place }: NetworkListProps) {
  const view = listView(place, hostChoices);
  return (
    <GroupedList<HostJson>
      path="hosts"
      caption="Hosts with open ports"
      parameters={{ q: place.query, order: view.sorting.order }}
      choices={hostGroups}
      view={view}
      columns={() => hostColumns}
      keyOf={({ address }) => address}
      empty={emptyWords(
        place.query,
        "No host was found yet. Start a scan under Scans, or add a watch to the configuration.",
      )}
    />
  );
}
