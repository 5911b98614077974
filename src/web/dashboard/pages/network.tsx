/** Lists of the network: devices, hosts, services, certificates, discoveries and mutes. */
import { useMemo, useState } from "preact/hooks";
import type { CertificateJson } from "../../../present/certificates/certificate-schema.ts";
import type { DeviceJson } from "../../../present/devices/device-schema.ts";
import type { DiscoveryJson } from "../../../present/discoveries/discovery-schema.ts";
import type { HostJson } from "../../../present/hosts/host-schema.ts";
import type { ServiceJson } from "../../../present/hosts/service-schema.ts";
import type { MuteJson } from "../../../present/mutes/mute-schema.ts";
import { AcknowledgeButton, Attention } from "../acknowledge.tsx";
import { ApproveButton, deviceName, NameButton } from "../devices.tsx";
import { DiscoveryWords } from "../discovery-words.tsx";
import { type Group, Grouping, subnetName, useLabels } from "../grouping.tsx";
import { EndMuteButton, MuteButton, mutedWords, useMutes } from "../mutes.tsx";
import { Expiry, HostLink, portText, productOf, State } from "../network-words.tsx";
import { Badge, Foreign, Heading, Search, Time } from "../parts.tsx";
import { link } from "../router.ts";
import { useList, useProgram, withRow } from "../state.ts";
import { type Column, Table, useSorting } from "../table.tsx";

const lists = [
  ["devices", "Devices", "vendor:apple NOT approved name:x"],
  ["hosts", "Hosts", "address:192.168.1.0/24"],
  ["services", "Services", "exposed vendor:apple port:443"],
  ["certificates", "Certificates", "expiring:30d subject:example.org"],
  ["discoveries", "Discoveries", "NOT acknowledged kind:new"],
  ["mutes", "Mutes", "active kind:host"],
] as const;

export function NetworkPage({ list, query }: { readonly list: string; readonly query: string }) {
  const [name, title, hint] = lists.find(([each]) => each === list) ?? lists[0];
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
          location.hash = link(["network", name], text);
        }}
      />
      {name === "devices" ? <Devices query={query} /> : null}
      {name === "hosts" ? <Hosts query={query} /> : null}
      {name === "services" ? <Services query={query} /> : null}
      {name === "certificates" ? <Certificates query={query} /> : null}
      {name === "discoveries" ? <Discoveries query={query} /> : null}
      {name === "mutes" ? <Mutes query={query} /> : null}
    </>
  );
}

function nothing(query: string, words: string): string {
  return query === "" ? words : "Nothing matches the search.";
}

const deviceGroups: readonly Group<DeviceJson>[] = [
  { name: "subnet", title: "Subnet", groupOf: ({ addresses }) => subnetName(addresses[0]) },
  { name: "vendor", title: "Vendor", groupOf: ({ vendor }) => vendor ?? "Unknown vendor" },
];

function Devices({ query }: { readonly query: string }) {
  const sorting = useSorting("mac");
  const list = useList<DeviceJson>("devices", { q: query, sort: sorting.sort, order: sorting.order });
  const [grouping, setGrouping] = useState("");
  const mutes = useMutes();
  const { mayOperate } = useProgram();
  const changed = (device: DeviceJson) =>
    list.update((rows) => rows.map((row) => (row.mac === device.mac ? device : row)));
  const columns: readonly Column<DeviceJson>[] = [
    { title: "Name", sortBy: "name", cell: (device) => <Foreign text={deviceName(device)} /> },
    {
      title: "Address",
      width: "address",
      cell: ({ addresses: [first, ...others] }) =>
        first === undefined ? null : (
          <>
            <HostLink address={first} />
            {others.length > 0 ? ` +${others.length}` : ""}
          </>
        ),
    },
    { title: "MAC address", width: "wide", isMinor: true, sortBy: "mac", cell: ({ mac }) => mac },
    { title: "Vendor", isMinor: true, sortBy: "vendor", cell: ({ vendor }) => <Foreign text={vendor} /> },
    {
      title: "Last seen",
      width: "time",
      isMinor: true,
      sortBy: "lastSeen",
      cell: ({ lastSeen }) => <Time iso={lastSeen} />,
    },
    {
      title: "State",
      width: "narrow",
      isMinor: true,
      cell: ({ mac, present }) => {
        const state = present ? "present" : "gone";
        return mutes.ofDevice(mac) === undefined ? (
          <Badge tone={present ? "good" : "plain"}>{state}</Badge>
        ) : (
          <Badge tone="warn">{state}, muted</Badge>
        );
      },
    },
    { title: "Approved", width: "narrow", cell: (device) => <ApproveButton device={device} changed={changed} /> },
  ];
  const actions: Column<DeviceJson> = {
    title: "Actions",
    width: "buttons",
    isMinor: true,
    cell: (device) => (
      <>
        <NameButton device={device} changed={changed} />{" "}
        <MuteButton
          label="Mute"
          target={{ kind: "device", mac: device.mac }}
          what={`the device ${deviceName(device)}`}
          muted={mutes.reload}
        />
      </>
    ),
  };
  return (
    <>
      <Grouping chosen={grouping} choices={deviceGroups} choose={setGrouping} />
      <Table
        caption="Devices of the own networks"
        columns={mayOperate ? [...columns, actions] : columns}
        list={list}
        sorting={sorting}
        groupOf={deviceGroups.find(({ name }) => name === grouping)?.groupOf}
        keyOf={({ mac }) => mac}
        empty={nothing(
          query,
          "No device was found yet. Devices are found with the first scan of a network that this machine is on: see Scans.",
        )}
      />
    </>
  );
}

function Discoveries({ query }: { readonly query: string }) {
  const list = useList<DiscoveryJson>("discoveries", { q: query });
  const changed = (discovery: DiscoveryJson) => list.update((rows) => withRow(rows, discovery));
  const columns: readonly Column<DiscoveryJson>[] = [
    { title: "Time", width: "time", cell: ({ at }) => <Time iso={at} /> },
    { title: "What", cell: (discovery) => <DiscoveryWords discovery={discovery} /> },
    { title: "Watch", width: "wide", isMinor: true, cell: ({ watch }) => <Foreign text={watch} /> },
    { title: "Status", isMinor: true, cell: (discovery) => <Attention discovery={discovery} /> },
    {
      title: "Action",
      width: "buttons",
      cell: (discovery) => <AcknowledgeButton discovery={discovery} changed={changed} />,
    },
  ];
  return (
    <Table
      caption="What was found new, gone, back or changed, newest first"
      columns={columns}
      list={list}
      keyOf={({ id }) => id}
      empty={nothing(query, "Nothing was found yet.")}
    />
  );
}

function Mutes({ query }: { readonly query: string }) {
  const list = useList<MuteJson>("mutes", { q: query });
  const columns: readonly Column<MuteJson>[] = [
    { title: "What", cell: (mute) => <MutedThing mute={mute} /> },
    { title: "Why", isMinor: true, cell: ({ note }) => <Foreign text={note} /> },
    { title: "By", width: "narrow", isMinor: true, cell: ({ by }) => <Foreign text={by} limit={64} /> },
    { title: "Until", width: "time", cell: ({ until }) => <Time iso={until} /> },
    {
      title: "State",
      width: "narrow",
      isMinor: true,
      cell: ({ active, endedBy }) => (
        <Badge tone={active ? "warn" : "plain"}>
          {endedBy === undefined ? (active ? "in force" : "over") : "ended"}
        </Badge>
      ),
    },
    {
      title: "Action",
      width: "narrow",
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
  if (mute.source !== undefined) return <a href={link(["knocks"], `peer:${mute.source}`)}>{mutedWords(mute)}</a>;
  return <a href={link(["network", "devices"], `mac:${mute.mac}`)}>{mutedWords(mute)}</a>;
}

const hostColumns: readonly Column<HostJson>[] = [
  { title: "Address", width: "address", cell: ({ address }) => <HostLink address={address} /> },
  { title: "Name", cell: ({ deviceName: own, hostnames }) => <Foreign text={own ?? hostnames[0]} /> },
  { title: "Vendor", isMinor: true, cell: ({ vendors }) => <Foreign text={vendors.join(", ")} /> },
  { title: "Services", width: "number", cell: ({ serviceCount }) => serviceCount },
  { title: "State", width: "narrow", cell: ({ states, exposed }) => <State states={states} exposed={exposed} /> },
  { title: "Last seen", width: "time", isMinor: true, cell: ({ lastSeen }) => <Time iso={lastSeen} /> },
];

const hostGroups: readonly Group<HostJson>[] = [
  { name: "subnet", title: "Subnet", groupOf: ({ address }) => subnetName(address) },
  { name: "device", title: "Device", groupOf: ({ macs }) => macs[0] ?? "Unknown device" },
];

function Hosts({ query }: { readonly query: string }) {
  const list = useList<HostJson>("hosts", { q: query });
  const [grouping, setGrouping] = useState("");
  return (
    <>
      <Grouping chosen={grouping} choices={hostGroups} choose={setGrouping} />
      <Table
        caption="Hosts with open ports"
        columns={hostColumns}
        list={list}
        groupOf={hostGroups.find(({ name }) => name === grouping)?.groupOf}
        keyOf={({ address }) => address}
        empty={nothing(query, "No host was found yet. Start a scan under Scans, or add a watch to the configuration.")}
      />
    </>
  );
}

function Answer({ service }: { readonly service: ServiceJson }) {
  const product = productOf(service);
  return product === "" ? <span class="note">unknown</span> : <Foreign text={product} />;
}

const serviceColumns: readonly Column<ServiceJson>[] = [
  { title: "Address", width: "address", sortBy: "address", cell: ({ address }) => <HostLink address={address} /> },
  { title: "Port", width: "number", cell: portText },
  { title: "Answers", cell: (row) => <Answer service={row} /> },
  {
    title: "Name",
    isMinor: true,
    cell: ({ deviceName: own, hostname }) => <Foreign text={own ?? hostname} />,
  },
  { title: "Vendor", isMinor: true, cell: ({ vendor }) => <Foreign text={vendor} /> },
  {
    title: "Watches",
    isMinor: true,
    cell: ({ watches }) => <Foreign text={watches.map((each) => each.watch).join(", ")} />,
  },
  {
    title: "State",
    width: "narrow",
    cell: ({ watches, exposed }) => <State states={watches.map(({ state }) => state)} exposed={exposed} />,
  },
  {
    title: "First seen",
    width: "time",
    isMinor: true,
    sortBy: "firstSeen",
    cell: ({ firstSeen }) => <Time iso={firstSeen} />,
  },
  {
    title: "Last seen",
    width: "time",
    isMinor: true,
    sortBy: "lastSeen",
    cell: ({ lastSeen }) => <Time iso={lastSeen} />,
  },
];

function Services({ query }: { readonly query: string }) {
  const sorting = useSorting("address");
  const list = useList<ServiceJson>("services", { q: query, sort: sorting.sort, order: sorting.order });
  const labels = useLabels();
  const [grouping, setGrouping] = useState("");
  const groups = useMemo<readonly Group<ServiceJson>[]>(
    () => [
      { name: "subnet", title: "Subnet", groupOf: ({ address }) => subnetName(address) },
      { name: "device", title: "Device", groupOf: ({ mac }) => mac ?? "Unknown device" },
      {
        name: "label",
        title: "Label",
        groupOf: ({ watches }) => {
          const found = watches.map(({ watch }) => labels.get(watch) ?? watch);
          return found.length === 0 ? "No watch" : [...new Set(found)].join(", ");
        },
      },
    ],
    [labels],
  );
  return (
    <>
      <Grouping chosen={grouping} choices={groups} choose={setGrouping} />
      <Table
        caption="Open ports"
        columns={serviceColumns}
        list={list}
        sorting={sorting}
        groupOf={groups.find(({ name }) => name === grouping)?.groupOf}
        keyOf={({ address, port }) => `${address} ${port}`}
        empty={nothing(
          query,
          "No open port was found yet. Start a scan under Scans, or add a watch to the configuration.",
        )}
      />
    </>
  );
}

const certificateColumns: readonly Column<CertificateJson>[] = [
  { title: "Subject", cell: ({ subject, names }) => <Foreign text={names[0] ?? subject} /> },
  {
    title: "Expires in",
    width: "buttons",
    sortBy: "expiry",
    cell: (certificate) => <Expiry certificate={certificate} />,
  },
  { title: "Until", width: "time", isMinor: true, cell: ({ validTo }) => <Time iso={validTo} /> },
  {
    title: "Issuer",
    isMinor: true,
    cell: ({ issuer, selfSigned }) => <Foreign text={selfSigned ? "itself" : issuer} />,
  },
  {
    title: "Presented by",
    width: "address",
    cell: ({ services: [first], serviceCount }) =>
      first === undefined ? null : (
        <>
          <HostLink address={first.address} />
          {serviceCount > 1 ? ` +${serviceCount - 1}` : ""}
        </>
      ),
  },
];

function Certificates({ query }: { readonly query: string }) {
  const sorting = useSorting("expiry");
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
