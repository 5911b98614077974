/** Lists of the network: devices, hosts, services, certificates, discoveries and mutes. */
import { useState } from "preact/hooks";
import type { CertificateJson } from "../../../present/certificates/certificate-schema.ts";
import type { DeviceJson } from "../../../present/devices/device-schema.ts";
import type { DiscoveryJson } from "../../../present/discoveries/discovery-schema.ts";
import type { HostJson } from "../../../present/hosts/host-schema.ts";
import type { ServiceJson } from "../../../present/hosts/service-schema.ts";
import type { MuteJson } from "../../../present/mutes/mute-schema.ts";
import { mutedText } from "../../../present/mutes/muted-text.ts";
import { AcknowledgeButton, Attention } from "../acknowledge.tsx";
import { AcknowledgeFound } from "../acknowledge-found.tsx";
import { ApproveButton, deviceName, NameButton } from "../devices.tsx";
import { DiscoveryWords } from "../discovery-words.tsx";
import { byDevice, byLabel, bySubnet, byVendor, GroupedList } from "../grouping.tsx";
import { type ListChoices, listView } from "../list-view.ts";
import { EndMuteButton, MuteButton, useMutes } from "../mutes.tsx";
import { Expiry, HostLink, portText, portWords, productOf, State } from "../network-words.tsx";
import { Badge, Foreign, Heading, OnNarrow, Search, Time } from "../parts.tsx";
import { link, type Place } from "../router.ts";
import { useList, useProgram, withRow } from "../state.ts";
import { type Column, Table } from "../table.tsx";

const lists = [
  ["devices", "Devices", "vendor:apple NOT approved name:x"],
  ["hosts", "Hosts", "address:192.168.1.0/24"],
  ["services", "Services", "port:443 vendor:apple NOT approved"],
  ["certificates", "Certificates", "expiring:30d subject:example.org"],
  ["discoveries", "Discoveries", "NOT acknowledged kind:new"],
  ["mutes", "Mutes", "active kind:host"],
] as const;

interface NetworkPageProps extends Omit<Place, "parts"> {
  readonly list: string;
}

export function NetworkPage({ list, query, view }: NetworkPageProps) {
  const [name, title, hint] = lists.find(([each]) => each === list) ?? lists[0];
  const place: Place = { parts: ["network", name], query, view };
  return (
    <>
      <Heading title={title} />
      <nav class="tabs" aria-label="Lists of the network">
        {lists.map(([each, words]) => (
          <a key={each} href={link(["network", each])} aria-current={each === name ? "page" : undefined}>
            {words}
          </a>
        ))}
      </nav>
      <Search
        key={name}
        query={query}
        hint={hint}
        search={(text) => {
          location.hash = link(place.parts, text, view);
        }}
      />
      {name === "devices" ? <Devices place={place} /> : null}
      {name === "hosts" ? <Hosts place={place} /> : null}
      {name === "services" ? <Services place={place} /> : null}
      {name === "certificates" ? <Certificates place={place} /> : null}
      {name === "discoveries" ? <Discoveries place={place} /> : null}
      {name === "mutes" ? <Mutes query={query} /> : null}
    </>
  );
}

function nothing(query: string, words: string): string {
  return query === "" ? words : "Nothing matches the search.";
}

interface ListProps {
  readonly place: Place;
}

const deviceGroups = [bySubnet, byVendor];

const deviceChoices: ListChoices = {
  sorts: ["mac", "name", "vendor", "lastSeen"],
  groups: deviceGroups.map(({ name }) => name),
};

function Devices({ place }: ListProps) {
  const view = listView(place, deviceChoices);
  const mutes = useMutes();
  const { mayOperate } = useProgram();
  const columns = (changed: (device: DeviceJson) => void): readonly Column<DeviceJson>[] => [
    {
      title: "Name",
      sortBy: "name",
      narrow: { line: 1, part: "start" },
      cell: (device) => <Foreign text={deviceName(device)} />,
    },
    {
      title: "Address",
      width: "address",
      narrow: { line: 2 },
      cell: ({ addresses: [first, ...others] }) =>
        first === undefined ? null : (
          <>
            <HostLink address={first} />
            {others.length > 0 ? ` +${others.length}` : ""}
          </>
        ),
    },
    { title: "MAC address", width: "wide", sortBy: "mac", cell: ({ mac }) => mac },
    { title: "Vendor", sortBy: "vendor", cell: ({ vendor }) => <Foreign text={vendor} /> },
    {
      title: "Last seen",
      width: "minute",
      narrow: { line: 3, part: "first" },
      sortBy: "lastSeen",
      cell: ({ lastSeen }) => <Time iso={lastSeen} />,
    },
    {
      title: "State",
      width: "narrow",
      narrow: { line: 1, part: "end" },
      cell: ({ mac, present }) => {
        const state = present ? "present" : "gone";
        return mutes.ofDevice(mac) === undefined ? (
          <Badge tone={present ? "good" : "plain"}>{state}</Badge>
        ) : (
          <Badge tone="warn">{state}, muted</Badge>
        );
      },
    },
    {
      title: "Approved",
      width: "narrow",
      ...(mayOperate ? {} : { narrow: { line: 3, part: "rest" } }),
      cell: (device) => <ApproveButton device={device} changed={changed} />,
    },
  ];
  const actions = (changed: (device: DeviceJson) => void): Column<DeviceJson> => ({
    title: "Actions",
    width: "buttons",
    narrow: { line: 3, part: "rest" },
    cell: (device) => (
      <>
        <OnNarrow>
          <ApproveButton device={device} changed={changed} />{" "}
        </OnNarrow>
        <NameButton device={device} changed={changed} />{" "}
        <MuteButton
          label="Mute"
          target={{ kind: "device", mac: device.mac }}
          what={`device ${deviceName(device)}`}
          changed={mutes.change}
        />
      </>
    ),
  });
  return (
    <GroupedList<DeviceJson>
      path="devices"
      caption="Devices of the own networks"
      parameters={{ q: place.query, sort: view.sorting.sort, order: view.sorting.order }}
      choices={deviceGroups}
      view={view}
      columns={(list) => {
        const changed = (device: DeviceJson) =>
          list.update((rows) => rows.map((row) => (row.mac === device.mac ? device : row)));
        return mayOperate ? [...columns(changed), actions(changed)] : columns(changed);
      }}
      keyOf={({ mac }) => mac}
      empty={nothing(
        place.query,
        "No device was found yet. Devices are found with the first scan of a network that this machine is on: see Scans.",
      )}
    />
  );
}

const discoveryChoices: ListChoices = { sorts: ["time"], order: "descending" };

function Discoveries({ place }: ListProps) {
  const { query } = place;
  const { sorting } = listView(place, discoveryChoices);
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
        empty={nothing(query, "Nothing was found yet.")}
      />
    </>
  );
}

function Mutes({ query }: { readonly query: string }) {
  const list = useList<MuteJson>("mutes", { q: query });
  const columns: readonly Column<MuteJson>[] = [
    { title: "What", narrow: { line: 1, lines: 2 }, cell: (mute) => <MutedThing mute={mute} /> },
    { title: "Why", narrow: { line: 3, part: "start" }, cell: ({ note }) => <Foreign text={note} /> },
    { title: "By", width: "narrow", cell: ({ by }) => <Foreign text={by} limit={64} /> },
    { title: "Until", width: "minute", narrow: { line: 4, part: "first" }, cell: ({ until }) => <Time iso={until} /> },
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
    <Table
      caption="Mutes, newest first"
      columns={columns}
      list={list}
      keyOf={({ id }) => id}
      empty={nothing(query, "Nothing is muted. Mute a device in its list, or a host on its page.")}
    />
  );
}

function MutedThing({ mute }: { readonly mute: MuteJson }) {
  if (mute.address !== undefined)
    return (
      <>
        <HostLink address={mute.address} />
        {mute.port === undefined ? "" : `, port ${mute.port}`}
      </>
    );
  if (mute.source !== undefined) return <a href={link(["knocks"], `peer:${mute.source}`)}>{mutedText(mute)}</a>;
  return <a href={link(["network", "devices"], `mac:${mute.mac}`)}>{mutedText(mute)}</a>;
}

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
    cell: ({ deviceName: own, hostnames }) => <Foreign text={own ?? hostnames[0]} />,
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

function Hosts({ place }: ListProps) {
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
      empty={nothing(
        place.query,
        "No host was found yet. Start a scan under Scans, or add a watch to the configuration.",
      )}
    />
  );
}

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
    cell: ({ deviceName: own, hostname }) => <Foreign text={own ?? hostname} />,
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

function Services({ place }: ListProps) {
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
      empty={nothing(
        place.query,
        "No open port was found yet. Start a scan under Scans, or add a watch to the configuration.",
      )}
    />
  );
}

const certificateColumns: readonly Column<CertificateJson>[] = [
  {
    title: "Subject",
    narrow: { line: 1, part: "start" },
    cell: ({ subject, names }) => <Foreign text={names[0] ?? subject} />,
  },
  {
    title: "Expires in",
    width: "buttons",
    narrow: { line: 1, part: "end" },
    sortBy: "expiry",
    cell: (certificate) => <Expiry certificate={certificate} />,
  },
  { title: "Until", width: "minute", narrow: { line: 3, part: "end" }, cell: ({ validTo }) => <Time iso={validTo} /> },
  {
    title: "Issuer",
    narrow: { line: 3, part: "start" },
    cell: ({ issuer, selfSigned }) => <Foreign text={selfSigned ? "itself" : issuer} />,
  },
  {
    title: "Presented by",
    width: "address",
    narrow: { line: 2 },
    cell: ({ services: [first], serviceCount }) =>
      first === undefined ? null : (
        <>
          <HostLink address={first.address} />
          {serviceCount > 1 ? ` +${serviceCount - 1}` : ""}
        </>
      ),
  },
];

const certificateChoices: ListChoices = { sorts: ["expiry"] };

function Certificates({ place }: ListProps) {
  const { query } = place;
  const { sorting } = listView(place, certificateChoices);
  const list = useList<CertificateJson>("certificates", { q: query, order: sorting.order });
  return (
    <Table
      caption={`Certificates, ${sorting.order === "ascending" ? "soonest" : "latest"} expiry first`}
      columns={certificateColumns}
      list={list}
      sorting={sorting}
      keyOf={({ sha256 }) => sha256}
      empty={nothing(query, "No certificate was seen yet. Add the check cert to a watch.")}
    />
  );
}
