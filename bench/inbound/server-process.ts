/**
 * One server to measure, in a separate process, controlled over IPC:
 * - `bare`: a `node:net` server that accepts, reads once and closes.
 * - `capture`: a decoy that listens, captures and identifies; connections are dropped at their end.
 * - `whole`: a decoy with everything enabled, wired as in the daemon: alerts decided and pushed, places looked up,
 *   connections and alerts stored in SQLite.
 */
import net from "node:net";
import type { Connection } from "../../src/core/connection.ts";
import { silentLog } from "../../src/core/log.ts";
import { inboundFlow } from "../../src/daemon/inbound-flow.ts";
import { Capture } from "../../src/inbound/capture/capture.ts";
import { alertSettings, alertsSchema } from "../../src/inbound/decide/schema.ts";
import { enrichSchema, enrichSettings } from "../../src/inbound/enrich/schema.ts";
import { Identifier } from "../../src/inbound/identify/identifier.ts";
import { Listener } from "../../src/inbound/listen/listener.ts";
import { listenerSchema, listenerSettings } from "../../src/inbound/listen/schema.ts";
import { ntfyOptions, ntfySchema } from "../../src/notify/channels/ntfy/channel.ts";
import { NtfyChannel } from "../../src/notify/channels/ntfy/ntfy-channel.ts";
import { DeliveryLoop } from "../../src/notify/outbox/delivery-loop.ts";
import { doublingSchedule } from "../../src/notify/outbox/retry-schedule.ts";
import { collectGarbage } from "../../src/platform/collect-garbage.ts";
import { systemClock, systemRandom } from "../../src/platform/system-clock.ts";
import { openStore } from "../../src/store/open-store.ts";
import { Latencies, Waiting } from "./latencies.ts";
import type { Counts, ServerChoice, ServerOrder, ServerReply } from "./server-orders.ts";

const choice: ServerChoice = JSON.parse(process.argv[2] ?? "{}");
const host = choice.host ?? "127.0.0.1";

interface Measured {
  readonly port: number;
  counts(): Counts;
  stop(): Promise<Counts>;
}

async function bare(): Promise<Measured> {
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    socket.on("error", () => {});
    socket.once("data", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen({ host, port: 0, backlog: 8192 }, resolve));
  const bound = server.address();
  const counts = () => ({ accepted: connections });
  return {
    port: bound === null || typeof bound === "string" ? 0 : bound.port,
    counts,
    stop: () => new Promise((resolve) => server.close(() => resolve(counts()))),
  };
}

function settingsOfListener() {
  const entry = listenerSchema.parse({ ports: [1], host, ...choice.entry });
  return { ...listenerSettings("decoy", entry), ports: [0] };
}

async function captureOnly(): Promise<Measured> {
  let recorded = 0;
  const settings = settingsOfListener();
  const shared = { clock: systemClock, log: silentLog };
  const reception = new Capture({
    ...shared,
    settings: settings.capture,
    identify: new Identifier().identify,
    onConnection: () => {
      recorded += 1;
    },
  });
  const listener = new Listener({ ...shared, settings, reception, random: systemRandom, onRejected: () => {} });
  await listener.start();
  const counts = () => ({ ...listener.counters, recorded, stored: 0 });
  return {
    port: listener.endpoints[0]?.port ?? 0,
    counts,
    stop: async () => {
      await listener.stop();
      return counts();
    },
  };
}

async function whole(): Promise<Measured> {
  const store = await openStore({ location: `sqlite:${choice.database}` });
  let recorded = 0;
  const latencies = new Latencies(200_000);
  const accepted = new Waiting();
  const deliveries = new DeliveryLoop({
    outbox: store.deliveries,
    channels: {
      ntfy: new NtfyChannel({
        ...ntfyOptions(ntfySchema.parse({ server: choice.push, topic: "decoy" })),
        clock: systemClock,
      }),
    },
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    retrySchedule: doublingSchedule({ firstMs: 10_000, maxMs: 900_000, giveUpAfterMs: 86_400_000 }),
  });
  const flow = inboundFlow(
    {
      listeners: [settingsOfListener()],
      // Names would be queried from the machine's resolver, which is not to be measured.
      enrich: enrichSettings(enrichSchema.parse({ rdns: { enabled: false } })),
      alerts: alertSettings(alertsSchema.parse({ ignore: { loopback: false } })),
      routes: [{ channel: "ntfy", recipients: ["decoy"] }],
    },
    {
      connections: {
        newBatch: () => store.connections.newBatch(),
        record: async (batch, alerts) => {
          const { count } = batch;
          const bytes = await store.connections.record(batch, alerts);
          const now = Date.now();
          // They are stored in the order in which they arrived.
          for (let index = 0; index < count; index++) latencies.add(now - accepted.take());
          return bytes;
        },
        setOrigins: (origins) => store.connections.setOrigins(origins),
        list: (query) => store.connections.list(query),
        get: (id) => store.connections.get(id),
        payloads: (ids) => store.connections.payloads(ids),
        count: () => store.connections.count(),
        source: (peer) => store.connections.source(peer),
        sources: (query) => store.connections.sources(query),
        summary: (query) => store.connections.summary(query),
        prune: (options) => store.connections.prune(options),
      },
      alerts: store.alerts,
      clock: systemClock,
      random: systemRandom,
      log: silentLog,
      deliver: () => deliveries.wake(),
      seen: ({ at }: Connection) => {
        recorded += 1;
        accepted.add(at);
      },
    },
  );
  await flow.start();
  deliveries.start();
  const counts = () => ({ ...flow.counters, recorded });
  return {
    port: flow.endpoints[0]?.port ?? 0,
    counts,
    stop: async () => {
      await flow.stop();
      await deliveries.stop();
      const rows = await store.connections.count();
      const { delivered } = deliveries.counts;
      await store[Symbol.asyncDispose]();
      return { ...counts(), rows, delivered, storedP50Ms: latencies.at(0.5), storedP99Ms: latencies.at(0.99) };
    },
  };
}

function reply(message: ServerReply): void {
  process.send?.(message);
}

const kinds = { bare, capture: captureOnly, whole };
const server = await kinds[choice.kind]();
process.on("message", (order: ServerOrder) => {
  if (order === "usage") {
    const { user, system } = process.cpuUsage();
    const own = process.threadCpuUsage();
    const { rss } = process.memoryUsage();
    const peak = process.resourceUsage().maxRSS * 1024;
    const acceptingThreadUs = own.user + own.system;
    reply({ kind: "usage", userUs: user, systemUs: system, acceptingThreadUs, rss, peak, counts: server.counts() });
  } else {
    void server.stop().then((counts) => {
      reply({ kind: "stopped", counts });
      process.disconnect();
    });
  }
});
// As after the start of `run`.
collectGarbage();
reply({ kind: "listening", port: server.port });
