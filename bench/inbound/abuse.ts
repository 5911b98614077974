/**
 * A decoy under abuse at full size: 10,000 connections held open and silent, and meanwhile 200,000 from 100,000 loopback
 * addresses that send random bytes, requests, single bytes slowly, nothing, or abort. Then the same with every place
 * taken by silent ones. It must keep accepting, count each connection, and stay within bounded memory.
 *
 *   node bench/inbound/abuse.ts [--connections=200000] [--addresses=100000] [--held=10000] [--clients=200] [--ipv6]
 *
 * Linux (all of 127.0.0.0/8 is loopback); needs `ulimit -n` above the connections held. With --ipv6 each address is another /64
 * of 2001:db8::/32, in a network namespace in which that is local:
 *
 *   ip netns add abuse; ip -n abuse link set lo up; ip -n abuse -6 route add local 2001:db8::/32 dev lo
 *   ip netns exec abuse sh -c 'sysctl -w net.ipv6.ip_nonlocal_bind=1; node bench/inbound/abuse.ts --ipv6'
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { PushServer } from "./push-server.ts";
import { type ServerHandle, startServer } from "./server-handle.ts";

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "200000" },
    addresses: { type: "string", default: "100000" },
    held: { type: "string", default: "10000" },
    clients: { type: "string", default: "200" },
    ipv6: { type: "boolean", default: false },
  },
});
const connections = Number(values.connections);
const addresses = Number(values.addresses);
const held = Number(values.held);
const clients = Number(values.clients);

const host = values.ipv6 ? "::1" : "127.0.0.1";

/** A client that is not disconnected leaves by itself after this long. */
const newerFileWaitMs = 500;

function dial(port: number, number: number): net.Socket {
  const source = number % addresses;
  const localAddress = values.ipv6
    ? `2001:db8:${(source >> 16).toString(16)}:${(source & 0xffff).toString(16)}::1`
    : `127.${16 + (source >> 15)}.${(source >> 7) & 255}.${1 + (source & 127)}`;
  const socket = net.connect({ port, host, localAddress });
  socket.on("error", () => {});
  return socket;
}

function closed(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

const behaviours: Readonly<Record<string, (socket: net.Socket) => void>> = {
  randomBytes: (socket) => socket.write(randomBytes(1 + Math.floor(Math.random() * 6000))),
  request: (socket) => socket.write("POST /cgi-bin/x HTTP/1.1\r\nHost: a\r\nUser-Agent: b\r\n\r\n"),
  reset: (socket) => socket.once("connect", () => socket.resetAndDestroy()),
  resetAfterBytes: (socket) => socket.write("SSH-2.0-x", () => socket.resetAndDestroy()),
  closed: (socket) => socket.end(),
  slow: (socket) => {
    const drip = () => {
      if (!socket.destroyed) socket.write("P", () => setTimeout(drip, 20));
    };
    drip();
  },
};

async function visit(port: number, number: number, behave: ((socket: net.Socket) => void) | undefined): Promise<void> {
  const socket = dial(port, number);
  behave?.(socket);
  socket.resume();
  const patience = setTimeout(() => socket.destroy(), newerFileWaitMs);
  await closed(socket);
  clearTimeout(patience);
}

async function visitAll(port: number, count: number): Promise<void> {
  const kinds = Object.values(behaviours);
  let next = 0;
  const visitor = async () => {
    while (next < count) {
      const number = next++;
      await visit(port, number, kinds[number % kinds.length]);
    }
  };
  await Promise.all(Array.from({ length: clients }, visitor));
}

async function hold(port: number): Promise<net.Socket[]> {
  const sockets: net.Socket[] = [];
  while (sockets.length < held) {
    const some = Array.from({ length: Math.min(500, held - sockets.length) }, (_, index) =>
      dial(port, sockets.length + index),
    );
    await Promise.all(some.map((socket) => once(socket, "connect")));
    sockets.push(...some);
  }
  return sockets;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function sayUsage(server: ServerHandle, when: string): Promise<void> {
  const { rss, peak, counts } = await server.usage();
  const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  print(`${when}: ${megabytes(rss)} resident, ${megabytes(peak)} at most; open ${counts["open"]}`);
}

/** A normal request, to verify that accepting continues: milliseconds until it was read and closed. */
async function heardIn(port: number): Promise<number> {
  const began = performance.now();
  const socket = net.connect({ port, host, localAddress: values.ipv6 ? "2001:db8:ffff::1" : "127.0.0.9" });
  socket.on("error", () => {});
  socket.resume();
  socket.write("GET / HTTP/1.0\r\n\r\n");
  await closed(socket);
  return performance.now() - began;
}

async function abuse(name: string, places: number, count: number, database: string): Promise<boolean> {
  print(`-- ${name}: ${places} places, ${held} held, ${count} more connections`);
  const entry = { limits: { connections: places }, capture: { client_time: "60s" } };
  await using push = await PushServer.start();
  await using server = await startServer({ kind: "whole", host, database, push: push.url, entry });
  await sayUsage(server, "at the start");
  const holders = await hold(server.port);
  await sayUsage(server, `with ${held} held open`);
  const began = performance.now();
  await visitAll(server.port, count);
  print(`${count} visits in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  await sayUsage(server, "after the visits");
  print(`a request now takes ${(await heardIn(server.port)).toFixed(1)} ms`);
  for (const holder of holders) holder.destroy();
  const counts = await server.stop();
  const { accepted = 0, recorded = 0, countedOnly = 0, rows = 0, aborted = 0 } = counts;
  const whole = accepted === recorded + countedOnly && rows === recorded;
  const unseen = held + count + 1 - accepted;
  print(
    `accepted ${accepted} = ${recorded} recorded (${rows} rows) + ${countedOnly} counted, ${aborted} of them reset ` +
      `too early; ${unseen} given up before the system had them accepted: ${whole ? "right" : "WRONG"}; ` +
      `${push.messages} alerts pushed`,
  );
  return whole;
}

const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-abuse-"));
try {
  const spacious = await abuse("with room", held + 2000, connections, path.join(folder, "room.db"));
  const full = await abuse("every place held", held, Math.ceil(connections / 4), path.join(folder, "full.db"));
  if (!spacious || !full) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
