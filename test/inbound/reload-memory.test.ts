import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import path from "node:path";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import v8 from "node:v8";
import { silentLog } from "../../src/core/log.ts";
import { Inbound, type InboundSetup } from "../../src/daemon/inbound-flow.ts";
import { AlertGate } from "../../src/inbound/decide/alert-gate.ts";
import { alertSettings, alertsSchema } from "../../src/inbound/decide/schema.ts";
import { enrichSchema, enrichSettings } from "../../src/inbound/enrich/schema.ts";
import { Listener } from "../../src/inbound/listen/listener.ts";
import { listenerSchema, listenerSettings } from "../../src/inbound/listen/schema.ts";
import { systemClock, systemRandom } from "../../src/platform/system-clock.ts";
import { openStore } from "../../src/store/open-store.ts";
import { temporaryFolder } from "../harness/cli.ts";

const reloads = 10;

function setupWith(cooldownMinutes: number): InboundSetup {
  const entry = { ports: 1, host: "127.0.0.1", cooldown: `${cooldownMinutes}m`, capture: { client_time: "60s" } };
  return {
    listeners: [{ ...listenerSettings("decoy", listenerSchema.parse(entry)), ports: [0] }],
    enrich: enrichSettings(enrichSchema.parse({ rdns: { enabled: false }, geoip: { country_data: false } })),
    alerts: alertSettings(alertsSchema.parse({})),
    // Without recipients each configuration has its own gates.
    routes: [],
  };
}

test("replaced configurations are garbage-collected, even while a connection of the first one is open", async () => {
  using folder = temporaryFolder();
  await using store = await openStore({ location: path.join(folder.path, "harbinger.db"), thread: "caller" });
  const inbound = new Inbound(setupWith(1), {
    connections: store.connections,
    alerts: store.alerts,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    deliver: () => {},
  });
  const { flow } = inbound;
  await flow.start();
  const client = net.connect({ port: flow.endpoints[0]?.port ?? 0, host: "127.0.0.1" });
  await once(client, "connect");
  while (flow.counters.open === 0) await nextTurn();
  for (let reload = 1; reload <= reloads; reload++) {
    const replacement = await inbound.prepare(setupWith(1 + reload));
    replacement?.commit();
    await replacement?.finish?.();
  }
  const living = { listeners: instancesOf(Listener), gates: instancesOf(AlertGate) };
  client.destroy();
  await flow.stop();
  // Of the first and the latest configuration; the one before the latest may still be closing.
  assert.ok(living.listeners <= 3 && living.gates <= 3, JSON.stringify(living));
});

/** How many there are after a garbage collection. */
function instancesOf(counted: typeof Listener | typeof AlertGate): number {
  return v8.queryObjects(counted, { format: "count" });
}
