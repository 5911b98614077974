/**
 * One server to measure, in a process of its own: `bare` (a `node:net` server that accepts, reads once and closes) or a
 * decoy, `quiet` (connections are dropped at the end) or `stored` (they go to SQLite). It is driven over IPC.
 */
import net from "node:net";
import type { Connection } from "../../src/core/connection.ts";
import { silentLog } from "../../src/core/log.ts";
import { Capture } from "../../src/inbound/capture/capture.ts";
import { Identifier } from "../../src/inbound/identify/identifier.ts";
import { Listener } from "../../src/inbound/listen/listener.ts";
import { listenerSchema, listenerSettings } from "../../src/inbound/listen/schema.ts";
import { systemClock, systemRandom } from "../../src/platform/system-clock.ts";
import { ConnectionSink } from "./connection-sink.ts";
import type { ServerOrder, ServerReply } from "./server-orders.ts";

const [kind = "bare", host = "127.0.0.1", database = "", entry = "{}"] = process.argv.slice(2);

interface Measured {
  readonly port: number;
  counts(): Readonly<Record<string, number>>;
  stop(): Promise<Readonly<Record<string, number>>>;
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

async function decoy(): Promise<Measured> {
  const sink = kind === "stored" ? new ConnectionSink({ file: database, batchSize: 1000, batchMs: 50 }) : undefined;
  const kinds = { recorded: 0, turnedAway: 0 };
  const onConnection = (connection: Connection) => {
    kinds.recorded += 1;
    sink?.add(connection);
  };
  const fromEntry = listenerSchema.parse({ ports: [1], host, ...JSON.parse(entry) });
  const settings = { ...listenerSettings("decoy", fromEntry), ports: [0] };
  const shared = { clock: systemClock, log: silentLog };
  const capture = new Capture({
    ...shared,
    settings: settings.capture,
    identify: new Identifier().identify,
    onConnection,
  });
  const listener = new Listener({
    ...shared,
    settings,
    reception: capture,
    random: systemRandom,
    onTurnedAway: (counts) => {
      for (const { count } of counts) kinds.turnedAway += count;
    },
  });
  await listener.start();
  const counts = () => ({ ...listener.counters, ...kinds, stored: sink?.stored ?? 0 });
  return {
    port: listener.endpoints[0]?.port ?? 0,
    counts,
    stop: async () => {
      await listener.stop();
      const stored = (await sink?.close()) ?? 0;
      return { ...counts(), stored };
    },
  };
}

function reply(message: ServerReply): void {
  process.send?.(message);
}

const server = kind === "bare" ? await bare() : await decoy();
process.on("message", (order: ServerOrder) => {
  if (order === "usage") {
    const { user, system } = process.cpuUsage();
    const { rss } = process.memoryUsage();
    const peak = process.resourceUsage().maxRSS * 1024;
    reply({ kind: "usage", userUs: user, systemUs: system, rss, peak, counts: server.counts() });
  } else {
    void server.stop().then((counts) => {
      reply({ kind: "stopped", counts });
      process.disconnect();
    });
  }
});
reply({ kind: "listening", port: server.port });
