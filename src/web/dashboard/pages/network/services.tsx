/** The list of services: open ports, and what answers there. */
import type { ServiceJson } from "../../../../present/hosts/service-schema.ts";
import { SharedMark } from "../../devices.tsx";
import { byDevice, byLabel, bySubnet, byVendor, GroupedList } from "../../grouping.tsx";
import { type ListChoices, listView } from "../../list-view.ts";
import { HostLink, portText, portWords, productOf, State } from "../../network-words.tsx";
import { Foreign, OnNarrow, Time } from "../../parts.tsx";
import type { Column } from "../../table.tsx";
import { emptyWords, type NetworkListProps } from "./list-words.ts";

function Answer({ service }: { readonly service: ServiceJson }) {
  const product = productOf(service);
  return product === "" ? <span class="note">unknown</span> : <Foreign text={product} />;
}

const serviceColumns: readonly Column<ServiceJson>[] = [
  {
    title: "Address",
    width: "address",
    sortBy: "address",
    narrow: { line: 1 },
    cell: ({ address }) => <HostLink address={address} />,
  },
  { title: "Port", width: "port", cell: portText },
  {
    title: "Answers",
    narrow: { line: 2, part: "start" },
    cell: (row) => (
      <>
        <OnNarrow>{portWords(row)}: </OnNarrow>
        <Answer service={row} />
      </>
    ),
  },
  {
    title: "Name",
    narrow: { line: 3, part: "start" },
    cell: ({ deviceName: own, hostname, sharedBy }) => (
      <>
        <SharedMark devices={sharedBy} /> <Foreign text={own ?? hostname} />
      </>
    ),
  },
  { title: "Vendor", cell: ({ vendor }) => <Foreign text={vendor} /> },
  {
    title: "Watches",
    cell: ({ watches }) => <Foreign text={watches.map((each) => each.watch).join(", ")} />,
  },
  {
    title: "State",
    width: "narrow",
    narrow: { line: 2, part: "end" },
    cell: ({ watches, exposed }) => <State states={watches.map(({ state }) => state)} exposed={exposed} />,
  },
  {
    title: "First seen",
    width: "minute",
    sortBy: "firstSeen",
    cell: ({ firstSeen }) => <Time iso={firstSeen} />,
  },
  {
    title: "Last seen",
    width: "minute",
    narrow: { line: 3, part: "end" },
    sortBy: "lastSeen",
    cell: ({ lastSeen }) => <Time iso={lastSeen} />,
  },
];

const serviceGroups = [bySubnet, byDevice, byLabel, byVendor];
const serviceChoices: ListChoices = {
  sorts: ["address", "firstSeen", "lastSeen"],
  groups: serviceGroups.map(({ name }) => name),
};

export function Services({ place }: NetworkListProps) {
  const view = listView(place, serviceChoices);
  return (
    <GroupedList<ServiceJson>
      path="services"
      caption="Open ports"
      parameters={{ q: place.query, sort: view.sorting.sort, order: view.sorting.order }}
      choices={serviceGroups}
      view={view}
      columns={() => serviceColumns}
      keyOf={({ address, port }) => `${address} ${port}`}
      empty={emptyWords(
        place.query,
        "No open port was found yet. Start a scan under Scans, or add a watch to the configuration.",
      )}
    />
  );
}
