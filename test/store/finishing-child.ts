/** Finishes a scan of 20,000 new hosts, and prints when it begins, until it is killed. */
import { ipv4FromNumber } from "../../src/core/address.ts";
import { openStore } from "../../src/store/open-store.ts";
import { operators, policy, sighting, start } from "./sample.ts";

const count = 20_000;
const store = await openStore({ location: process.argv[2] ?? "" });
const first = 0x0a000000 + (await store.services.count());
const session = await store.scans.begin({ watch: "ssh", ports: [22], engine: "connect", at: start });
for (let index = 0; index < count; index += 1000) {
  await session.add(Array.from({ length: 1000 }, (_, i) => sighting(ipv4FromNumber(first + index + i))));
}
process.stdout.write("finishing\n");
await session.finish({
  at: start,
  status: "complete",
  engine: "connect",
  notes: [],
  coverage: { kind: "none" },
  policy,
  audiences: [operators],
});
// Keeps running, so that the kill ends it.
setInterval(() => {}, 1000);
