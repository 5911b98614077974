import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import os from "node:os";
import { describe, test } from "node:test";
import { HarbingerError } from "../../core/errors.ts";
import { bindError } from "./bind-error.ts";
import { closeServers, openServers } from "./open-servers.ts";

const create = () => net.createServer();

function portOf(server: net.Server | undefined): number {
  const bound = server?.address();
  assert.ok(typeof bound === "object" && bound !== null);
  return bound.port;
}

const hasIpv6 = Object.values(os.networkInterfaces()).some((all) => all?.some((one) => one.address === "::1"));

async function reaches(host: string, port: number): Promise<boolean> {
  const socket = net.connect({ host, port });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe("opening ports", () => {
  test("without a host listens on every address of this machine, IPv4 and IPv6", async () => {
    const servers = await openServers({ hosts: [], ports: [0], create });
    const port = portOf(servers[0]);
    assert.ok(await reaches("127.0.0.1", port));
    if (hasIpv6) assert.ok(await reaches("::1", port));
    await closeServers(servers);
  });

  test("accepts 0.0.0.0 and :: together on one port", { skip: hasIpv6 ? false : "no IPv6 here" }, async () => {
    const probe = await openServers({ hosts: ["127.0.0.1"], ports: [0], create });
    const port = portOf(probe[0]);
    await closeServers(probe);
    const servers = await openServers({ hosts: ["0.0.0.0", "::"], ports: [port], create });
    assert.equal(servers.length, 2);
    assert.ok((await reaches("127.0.0.1", port)) && (await reaches("::1", port)));
    await closeServers(servers);
  });

  test("opens none if one port is in use, and the error names it and how to find the program that holds it", async () => {
    const [taken, free] = await Promise.all(
      [0, 0].map(async () => (await openServers({ hosts: ["127.0.0.1"], ports: [0], create }))[0]),
    );
    assert.ok(taken !== undefined && free !== undefined);
    const ports = [portOf(taken), portOf(free)];
    await closeServers([free]);
    await assert.rejects(openServers({ hosts: ["127.0.0.1"], ports, create }), (error) => {
      assert.ok(error instanceof HarbingerError);
      assert.equal(error.code, "address-in-use");
      assert.ok(error.message.includes(`port ${ports[0]} on 127.0.0.1`), error.message);
      assert.ok(error.remedy?.includes(`${ports[0]}`));
      return true;
    });
    assert.equal(await reaches("127.0.0.1", ports[1] ?? 0), false);
    await closeServers([taken]);
  });

  test("rejects an address that this machine does not have as a configuration error", async () => {
    await assert.rejects(openServers({ hosts: ["192.0.2.1"], ports: [0], create }), { code: "config" });
  });

  test("opens every port of a range", async () => {
    const first = 40_000 + (process.pid % 5000);
    const ports = Array.from({ length: 300 }, (_, index) => first + index);
    let servers: net.Server[] = [];
    try {
      servers = await openServers({ hosts: ["127.77.1.9"], ports, create });
      assert.deepEqual(servers.map(portOf).sort(), ports);
    } finally {
      await closeServers(servers);
    }
  });

  test("reports ports without permission together, with the remedy", () => {
    const denied = Object.assign(new Error("denied"), { code: "EACCES" });
    const error = bindError([22, 23, 24, 80].map((port) => ({ host: "0.0.0.0", port, error: denied })));
    assert.equal(error.code, "permission");
    assert.equal(error.message, "no permission to listen on ports 22-24,80 on 0.0.0.0");
    assert.match(error.remedy ?? "", /ip_unprivileged_port_start/);
  });
});
