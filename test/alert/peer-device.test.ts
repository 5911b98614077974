import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "../../src/core/address.ts";
import type { Message } from "../../src/core/delivery.ts";
import { parseMac } from "../../src/core/device.ts";
import { parseRange } from "../../src/core/network.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { TemporaryDatabase } from "../notify/temporary-store.ts";
import { InboundLab } from "./inbound-lab.ts";

const phone = parseMac("a6:5e:60:12:34:56") ?? assert.fail();
const intruder = parseMac("00:11:32:00:00:66") ?? assert.fail();

test("an alert names the device that has the peer's address, not one that had it earlier, and of two neither", async () => {
  using database = new TemporaryDatabase();
  await using store = await database.open();
  const clock = systemClock;
  const met = async (at: number, address: string, devices = [phone]) =>
    await store.devices.record({
      watch: "lan",
      at,
      present: devices.map((mac) => ({ mac, address: parseAddress(address) ?? assert.fail(), link: "eth0" })),
      names: new Map([[phone, [{ name: "pixel", source: "mdns" as const }]]]),
      vendors: new Map([
        [phone, "Google"],
        [intruder, "Google"],
      ]),
      probed: [parseRange("127.9.2.0/24") ?? assert.fail()],
      policy: { goneAfter: 2, flapLimit: 4, flapWindowMs: 1000 },
      audiences: [],
    });
  await met(clock.now(), "127.9.2.1");
  await met(clock.now() + 1, "127.9.2.2");
  await store.devices.setName(phone, "Anna's phone");
  const messages: Message[] = [];
  const letterbox = {
    async send(message: Message) {
      messages.push(message);
      return { kind: "delivered" } as const;
    },
  };
  await using lab = await InboundLab.start({
    store,
    clock,
    channels: { ntfy: letterbox },
    routes: [{ channel: "ntfy", recipients: ["knocks"] }],
  });
  await lab.connectFrom("127.9.2.1");
  await lab.connectFrom("127.9.2.2");
  while (messages.length < 2) await lab.outbox.changed();
  const what = `knocked on port ${lab.port} (GET /)`;
  const subjects = messages.map(({ subject }) => subject).sort();
  assert.deepEqual(subjects, [`127.9.2.1 ${what}`, `Anna's phone (127.9.2.2) ${what}`]);
  const named = messages.find(({ subject }) => subject.startsWith("Anna"));
  assert.match(named?.text ?? "", /^Device: Anna's phone, Google, MAC a6:5e:60:12:34:56$/m);
  assert.deepEqual(JSON.parse(named?.json ?? "").device, { mac: phone, name: "Anna's phone", vendor: "Google" });
  await met(clock.now() + 2, "127.9.2.3", [phone, intruder]);
  await lab.connectFrom("127.9.2.3");
  while (messages.length < 3) await lab.outbox.changed();
  const shared = messages.at(-1);
  assert.equal(shared?.subject, `127.9.2.3 (used by two devices: ${intruder}, ${phone}) ${what}`);
  assert.match(shared?.text ?? "", /^Device: one of two devices that use this address: MAC 00:11:32:00:00:66; Anna's/m);
  const { device, devices } = JSON.parse(shared?.json ?? "");
  assert.deepEqual([device, devices.length], [undefined, 2]);
});
