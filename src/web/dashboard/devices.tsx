/** Naming and approving devices on the pages. */
import { useState } from "preact/hooks";
import type { DeviceJson } from "../../present/devices/device-schema.ts";
import { numberOfDevices } from "../../present/devices/device-words.ts";
import { announce } from "./announce.tsx";
import { change } from "./api.ts";
import { Dialog, textOf } from "./dialog.tsx";
import { Badge, Failure, ForReaders } from "./parts.tsx";
import { useAction, useProgram } from "./state.ts";

/** Without a name the MAC address, in the words of findings: several devices may have randomised ones. */
export function deviceName({ name, names, randomised, mac }: DeviceJson): string {
  return name ?? names[0] ?? (randomised ? `${mac} (randomised address)` : mac);
}

/** `Anna's phone (a6:5e:60:12:34:56)`; the MAC address alone where no name is known. */
export function nameAndMac(name: string | undefined, mac: string): string {
  return name === undefined ? mac : `${name} (${mac})`;
}

/** Of an address that several devices have: nothing tells which of them is meant. */
export function SharedMark({ devices }: { readonly devices: readonly unknown[] | undefined }) {
  return devices === undefined ? null : <Badge tone="bad">used by {numberOfDevices(devices)}</Badge>;
}

interface DeviceActionProps {
  readonly device: DeviceJson;
  readonly changed: (device: DeviceJson) => void;
}

async function changeDevice({ mac }: DeviceJson, changes: object): Promise<DeviceJson> {
  return (await change("PATCH", `devices/${encodeURIComponent(mac)}`, changes)) as DeviceJson;
}

export function NameButton({ device, changed }: DeviceActionProps) {
  const { mayOperate } = useProgram();
  const [isOpen, setOpen] = useState(false);
  if (!mayOperate) return null;
  const rename = async (fields: FormData) => {
    const name = textOf(fields, "name");
    changed(await changeDevice(device, { name: name === "" ? null : name }));
    return name === "" ? `${device.mac} has no name of yours any more.` : `${device.mac} is named ${name}.`;
  };
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Name
        <ForReaders text={`the device ${deviceName(device)}`} />
      </button>
      {isOpen ? (
        <Dialog title={`Name the device ${device.mac}`} submit="Save" act={rename} closed={() => setOpen(false)}>
          <label>
            Your name for it; empty for none
            <input name="name" defaultValue={device.name ?? ""} maxLength={200} autocomplete="off" />
          </label>
        </Dialog>
      ) : null}
    </>
  );
}

export function ApproveButton({ device, changed }: DeviceActionProps) {
  const { mayOperate } = useProgram();
  const { error, act } = useAction();
  if (!mayOperate) return <>{device.approved ? "yes" : "no"}</>;
  const approve = () =>
    act(changeDevice(device, { approved: !device.approved }), (answer) => {
      changed(answer);
      announce(`${deviceName(answer)} is ${answer.approved ? "approved" : "no longer approved"}.`);
    });
  return (
    <>
      <button type="button" class={device.approved ? "on" : ""} onClick={approve}>
        {device.approved ? "Approved" : "Approve"}
        <ForReaders text={deviceName(device)} />
      </button>
      <Failure message={error} />
    </>
  );
}
