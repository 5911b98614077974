/** The list of devices. */
import type { DeviceJson } from "../../../../present/devices/device-schema.ts";
import { ApproveButton, deviceName, NameButton } from "../../devices.tsx";
import { bySubnet, byVendor, GroupedList } from "../../grouping.tsx";
import { type ListChoices, listView } from "../../list-view.ts";
import { MuteButton, useMutes } from "../../mutes.tsx";
import { HostLink } from "../../network-words.tsx";
import { Badge, Foreign, OnNarrow, Time } from "../../parts.tsx";
import { useProgram } from "../../state.ts";
import type { Column } from "../../table.tsx";
import { emptyWords, type NetworkListProps } from "./list-words.ts";

const deviceGroups = [bySubnet, byVendor];

const deviceChoices: ListChoices = {
  sorts: ["mac", "name", "vendor", "lastSeen"],
  groups: deviceGroups.map(({ name }) => name),
};

export function Devices({ place }: NetworkListProps) {
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
      empty={emptyWords(
        place.query,
        "No device was found yet. Devices are found with the first scan of a network that this machine is on: see Scans.",
      )}
    />
  );
}
