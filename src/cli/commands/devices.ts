import { Command } from "commander";
import type { Address } from "../../core/address.ts";
import { type DeviceRecord, isRandomised } from "../../core/device.ts";
import { HarbingerError } from "../../core/errors.ts";
import { safeText } from "../../core/safe-text.ts";
import type { Store } from "../../core/store.ts";
import { currentAddresses, describe, shownName } from "../../present/devices/device-words.ts";
import { plural } from "../../present/text/plural.ts";
import { dayOrTime, formatTime } from "../../present/text/time-text.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { setExitStatus } from "../exit.ts";
import { findDevice, knownDevices } from "../known-devices.ts";
import { note, printJson, printTable } from "../output.ts";
import { parseAddressArgument } from "../parse-address.ts";
import { parseCount } from "../parse-count.ts";
import { parseInstant } from "../parse-instant.ts";

interface DevicesOptions {
  readonly new?: string | true;
  readonly gone?: boolean;
  readonly unapproved?: boolean;
  readonly address?: string;
  readonly limit: number;
}

export function devicesCommand(): Command {
  const command = withCommonOptions(new Command("devices"))
    .description("list devices on this machine's networks; name and approve them")
    .option("--new [since]", "only devices first seen since this time (2d, 2026-01-31); default: in the last day")
    .option("--gone", "only devices that are gone")
    .option("--unapproved", "only devices that are not approved")
    .option("--address <address>", "only devices that have or had this address")
    .option("--limit <count>", "maximum number of lines", parseCount, 1000)
    .addHelpText(
      "after",
      examples(
        "harbinger devices",
        "harbinger devices --new --unapproved",
        `harbinger devices name 192.168.1.23 "Anna's phone"`,
        "harbinger devices approve b8:27:eb:12:34:56",
        "harbinger devices --json | jq -r .mac",
      ),
    )
    .action(async (options: DevicesOptions, self: Command) => {
      const { openStoreToList } = await import("../open.ts");
      await using store = await openStoreToList(commonOptions(self));
      const isWanted = filterOf(options);
      if (store === undefined) return;
      const all = await knownDevices(store);
      const devices = all.filter(isWanted);
      const shown = devices.slice(0, options.limit);
      if (commonOptions(self).json === true) {
        const { deviceJson } = await import("../../present/devices/device-json.ts");
        for (const device of shown) printJson(deviceJson(device));
      } else if (all.length === 0) {
        note("No devices yet. A watch with targets on a network of this machine finds them: harbinger run");
      } else if (devices.length === 0) note("No matching devices.");
      else {
        printDevices(shown);
        if (devices.length > options.limit) {
          note(`Showing ${options.limit} of ${plural(devices.length, "device")}; --limit shows more.`);
        }
      }
    });
  return command.addCommand(nameCommand()).addCommand(approveCommand());
}

/** @throws HarbingerError `usage` */
function filterOf(options: DevicesOptions): (device: DeviceRecord) => boolean {
  const since = options.new === undefined ? undefined : parseInstant(options.new === true ? "1d" : options.new);
  const address = options.address === undefined ? undefined : parseAddressArgument(options.address);
  const hasHad = (device: DeviceRecord, wanted: Address) => device.addresses.some((each) => each.address === wanted);
  return (device) =>
    (since === undefined || device.firstSeen >= since) &&
    (options.gone !== true || device.state === "gone") &&
    (options.unapproved !== true || !device.approved) &&
    (address === undefined || hasHad(device, address));
}

/** Maximum length of a vendor or a name in the table. */
const cellWidth = 28;
/** Maximum length of an address on a narrow terminal: any IPv4 address fits. */
const briefAddress = 16;

function printDevices(devices: readonly DeviceRecord[]): void {
  printTable<DeviceRecord>(
    [
      { title: "ADDRESS", value: addressCell, brief: briefAddressCell },
      { title: "MAC", value: ({ mac }) => mac },
      {
        title: "VENDOR",
        value: ({ mac, vendor }) => shortened(vendor ?? (isRandomised(mac) ? "(randomised)" : "")),
        cutTo: 8,
      },
      { title: "NAME", value: (device) => shortened(shownName(device) ?? ""), cutTo: 8 },
      { title: "APPROVED", value: ({ approved }) => (approved ? "yes" : "no") },
      {
        title: "LAST SEEN",
        value: ({ lastSeen, state }) => formatTime(lastSeen) + (state === "present" ? "" : ` ${state}`),
        brief: ({ lastSeen, state }) => dayOrTime(lastSeen) + (state === "present" ? "" : ` ${state}`),
      },
    ],
    devices,
  );
}

/** Current addresses, link-local ones last. */
function shownAddresses(device: DeviceRecord): Address[] {
  const isLinkLocal = (address: Address) => Number(address.startsWith("fe80:"));
  return currentAddresses(device).sort((a, b) => isLinkLocal(a) - isLinkLocal(b));
}

/** The first address, and the number of others. */
function addressCell(device: DeviceRecord): string {
  const [first = "-", ...others] = shownAddresses(device);
  return others.length === 0 ? first : `${first} +${others.length}`;
}

/** The same, shortened: the MAC address beside it identifies the device. */
function briefAddressCell(device: DeviceRecord): string {
  const [first = "-"] = shownAddresses(device);
  if (first.length <= briefAddress) return first;
  const [address = first] = first.split("%");
  return `${address.slice(0, 5)}…${address.slice(-(briefAddress - 6))}`;
}

function shortened(text: string): string {
  const safe = safeText(text, { limit: 200 });
  return safe.length > cellWidth ? `${safe.slice(0, cellWidth - 3)}...` : safe;
}

function nameCommand(): Command {
  return withCommonOptions(new Command("name"))
    .description("give a device a name of your own; reports show it")
    .argument("<device>", "its MAC address, or its current IP address if no other device has it")
    .argument("[name]", "the name")
    .option("--clear", "remove the name")
    .addHelpText(
      "after",
      examples(
        `harbinger devices name b8:27:eb:12:34:56 "Weather station"`,
        "harbinger devices name 192.168.1.23 --clear",
      ),
    )
    .action(async (device: string, name: string | undefined, options: { clear?: boolean }, self: Command) => {
      const isNamed = name !== undefined && name.trim() !== "";
      if (isNamed === (options.clear === true)) {
        throw new HarbingerError("usage", "give either a name or --clear", {
          remedy: `harbinger devices name ${device} "Anna's phone"`,
        });
      }
      const { openConfiguredStore } = await import("../open.ts");
      await using store = await openConfiguredStore(commonOptions(self));
      for (const { mac } of await resolve(store, [device])) {
        await store.devices.setName(mac, options.clear === true ? undefined : name);
        if (options.clear === true) note(`${mac} no longer has a name of your own.`);
        else note(`${mac} is named ${safeText(name ?? "", { limit: 200 })} now.`);
      }
    });
}

function approveCommand(): Command {
  return withCommonOptions(new Command("approve"))
    .description("mark devices as approved")
    .argument("[device...]", "their MAC addresses, or their current IP addresses if no other device has them")
    .option("--all", "all known devices")
    .option("--revoke", "revoke the approval")
    .addHelpText(
      "after",
      examples(
        "harbinger devices approve b8:27:eb:12:34:56 192.168.1.23",
        "harbinger devices approve --all",
        "harbinger devices approve --revoke 192.168.1.23",
      ),
    )
    .action(async (words: string[], options: { all?: boolean; revoke?: boolean }, self: Command) => {
      if ((words.length === 0) !== (options.all === true)) {
        throw new HarbingerError("usage", "no device given: name MAC addresses or --all", {
          remedy: "harbinger devices --unapproved lists them.",
        });
      }
      const { openConfiguredStore } = await import("../open.ts");
      await using store = await openConfiguredStore(commonOptions(self));
      const isApproved = options.revoke !== true;
      const devices = options.all === true ? await knownDevices(store) : await resolve(store, words);
      const changing = devices.filter(({ approved }) => approved !== isApproved);
      for (const { mac } of changing) await store.devices.setApproved(mac, isApproved);
      if (options.all === true) {
        note(`${plural(changing.length, "device")} ${isApproved ? "approved" : "no longer approved"}.`);
      } else {
        for (const device of devices) note(`${describe(device)} is ${isApproved ? "approved" : "no longer approved"}.`);
      }
    });
}

/** Finds the named devices. One that is unknown or not certain sets the exit status; the others are processed. */
async function resolve(store: Store, words: readonly string[]): Promise<DeviceRecord[]> {
  const devices: DeviceRecord[] = [];
  for (const word of words) {
    const found = await findDevice(store, word);
    if (found.kind === "device") devices.push(found.device);
    else {
      note(`harbinger: ${found.message}`);
      setExitStatus(1);
    }
  }
  return devices;
}
