import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";
import { type Address, parseAddress } from "../../core/address.ts";
import { OwnProbes, probeEndpoints } from "./own-probes.ts";
import { socketAddress } from "./socket-address.ts";

function at(text: string): Address {
  return parseAddress(text) ?? assert.fail(text);
}

test("an own connection is recognised by its port, once", async () => {
  const probes = new OwnProbes();
  const server = net.createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  const accepted = once(server, "connection");
  assert.equal(await probes.accepts({ address: at("127.0.0.1"), port }, 5000), true);
  const [socket]: net.Socket[] = await accepted;
  const peer = {
    address: socketAddress(socket?.remoteAddress ?? "") ?? assert.fail(),
    port: socket?.remotePort ?? 0,
  };
  assert.equal(probes.take({ ...peer, port: peer.port ^ 1 }), false);
  assert.equal(probes.take(peer), true);
  assert.equal(probes.take(peer), false);
  server.close();
  await once(server, "close");
  assert.equal(await probes.accepts({ address: at("127.0.0.1"), port }, 5000), false);
  assert.equal(probes.accepted, 1);
});

test("IPv4 goes first, then IPv6, and all addresses of this machine are reached through loopback", () => {
  const endpoints = (...texts: string[]) => texts.map((text, index) => ({ address: at(text), port: 1000 + index }));
  const reached = (...texts: string[]) =>
    probeEndpoints(endpoints(...texts)).map(({ address, port }) => `${address} ${port}`);
  assert.deepEqual(reached("::"), ["127.0.0.1 1000", "::1 1000"]);
  assert.deepEqual(reached("0.0.0.0"), ["127.0.0.1 1000"]);
  assert.deepEqual(reached("fd00::1", "192.168.1.5", "192.168.1.5"), ["192.168.1.5 1001", "fd00::1 1000"]);
  assert.deepEqual(reached(), []);
});

function portOf(server: net.Server): number {
  const address = server.address();
  return address !== null && typeof address === "object" ? address.port : assert.fail();
}
