/** Devices in a database for pictures of the pages: one network namespace has no neighbours to find. */
import type { Mac } from "../../src/core/device.ts";
import { parseMac } from "../../src/core/device.ts";
import { openStore } from "../../src/store/open-store.ts";
import { address, policy } from "../../test/store/sample.ts";

interface PictureDevice {
  readonly mac: string;
  readonly addresses: readonly string[];
  readonly name: string;
  readonly vendor?: string;
}

const devices: readonly PictureDevice[] = [
  { mac: "00:11:32:00:00:10", addresses: ["192.0.2.10"], name: "storage.example.org", vendor: "Synology Incorporated" },
  {
    mac: "3c:2a:f4:00:00:20",
    addresses: ["192.0.2.20", "2001:db8:4a2f:8c11:9e3b:52ff:fe00:1020"],
    name: "brother-hl-l2350dw-series-printer-2nd-floor",
    vendor: "Brother Industries, LTD.",
  },
  { mac: "52:54:00:00:00:30", addresses: ["192.0.2.30"], name: "gateway.example.org", vendor: "QEMU" },
  {
    mac: "b8:27:eb:00:00:40",
    addresses: ["2001:db8:4a2f:8c11:ba27:ebff:fe00:1040"],
    name: "raspberrypi-living-room",
    vendor: "Raspberry Pi Foundation",
  },
  { mac: "02:00:5e:10:00:50", addresses: ["192.0.2.40"], name: "" },
];

/** A database with them; the program that is to show them does not run yet. */
export async function storeDevices(database: string): Promise<void> {
  await using store = await openStore({ location: database, thread: "caller" });
  const known = devices.map((device) => ({ ...device, mac: macOf(device.mac) }));
  await store.devices.record({
    watch: "devices",
    at: Date.now() - 3 * 60_000,
    present: known.flatMap(({ mac, addresses }) =>
      addresses.map((each) => ({ mac, address: address(each), link: "lo" })),
    ),
    names: new Map(known.map(({ mac, name }) => [mac, name === "" ? [] : [{ name, source: "dns" }]])),
    vendors: new Map(known.flatMap(({ mac, vendor }) => (vendor === undefined ? [] : [[mac, vendor]]))),
    probed: [],
    policy,
    audiences: [],
  });
}

function macOf(text: string): Mac {
  const mac = parseMac(text);
  if (mac === undefined) throw new Error(`not a MAC address: ${text}`);
  return mac;
}
