// What checks of a real run found, as the listing commands show it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { describe, test } from "node:test";
import tls from "node:tls";
import { CertificateWorkshop, type IssuedCertificate, utc, whyNoOpenssl } from "../harness/certificate-authority.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";

const hosts = ["127.94.7.1", "127.94.7.2"] as const;

interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** Closes with all its connections: a client that vanished must not delay the test. */
async function listen(server: Server, host: string, port = 0): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).once("close", () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Two servers with one certificate, on the same port of two addresses. */
async function serve({ key, chain }: IssuedCertificate): Promise<Listening> {
  const one = () => tls.createServer({ key, cert: chain }).on("tlsClientError", () => {});
  const first = await listen(one(), hosts[0]);
  const second = await listen(one(), hosts[1], first.port);
  return {
    port: first.port,
    async [Symbol.asyncDispose]() {
      await first[Symbol.asyncDispose]();
      await second[Symbol.asyncDispose]();
    },
  };
}

/** Accepts commands from any client, as far as the check sends them. */
async function openRedis(): Promise<Listening> {
  const server = createServer((socket) => {
    socket.on("data", (bytes) => socket.write(bytes.includes("PING") ? "+PONG\r\n" : "-ERR unknown command\r\n"));
  });
  return await listen(server, hosts[0]);
}

function lines(stdout: string): Record<string, unknown>[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("what a run found", { skip: whyNoOpenssl() ?? false }, () => {
  test("is in its report, with the host, and in the list of certificates", async () => {
    using folder = temporaryFolder();
    using workshop = new CertificateWorkshop();
    const first = workshop.issue({ name: "shop.test", validTo: utc(6.5) });
    await using servers = await serve(first);
    await using redis = await openRedis();
    const watches = {
      lab: { targets: hosts, ports: [servers.port, redis.port], checks: ["cert", "exposure"], label: "Lab" },
    };
    writeFileSync(path.join(folder.path, "harbinger.yaml"), JSON.stringify({ watches }));
    const run = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(run.status, 0, run.stderr);

    const [name = ""] = readdirSync(path.join(folder.path, "reports"));
    const report = readFileSync(path.join(folder.path, "reports", name), "utf8");
    const rest = "2 certificates expiring, 2 new hosts";
    assert.match(
      report,
      new RegExp(
        `^Subject: Harbinger \\(Lab\\): first scan: Redis exposed on 127\\.94\\.7\\.1:${redis.port}, ${rest}$`,
        "m",
      ),
    );
    assert.match(report, /^ {4}cert: 1 certificate saved to .*\n {6}1\. .*CN=shop\.test.*\n {6}not verified/m);
    assert.match(report, new RegExp(`^- Redis exposed on 127\\.94\\.7\\.1:${redis.port}\n {2}Redis: `, "m"));
    assert.match(
      report,
      new RegExp(`^- Certificate expires soon on 127\\.94\\.7\\.2:${servers.port}\n {2}7 days or less: `, "m"),
    );

    const shown = await harbinger(["hosts", hosts[0]], { directory: folder.path });
    assert.match(shown.stdout, /^ {2}exposure \(.*\): exposed\n {4}Redis: /m);
    assert.match(shown.stdout, /^ {2}certificate: .*CN=shop\.test; ends in 6 days/m);
    assert.match(shown.stdout, new RegExp(`^ {4}also on 127\\.94\\.7\\.2:${servers.port}$`, "m"));
    assert.match(shown.stdout, /^.* {2}certificate-expiring +port .*7 days or less: /m);

    const list = lines((await harbinger(["certificates", "--json"], { directory: folder.path })).stdout);
    assert.deepEqual(
      list.map(({ daysLeft, serviceCount, selfSigned }) => [daysLeft, serviceCount, selfSigned]),
      [[6, 2, true]],
    );
  });

  test("distinguishes a renewed certificate that keeps the old key, in both", async () => {
    using folder = temporaryFolder();
    using workshop = new CertificateWorkshop();
    const first = workshop.issue({ name: "shop.test", validTo: utc(100.5) });
    const renewed = workshop.issue({ name: "shop.test", validTo: utc(200.5), keyOf: first });
    await using servers = await serve(first);
    await using others = await serve(renewed);
    const watches = { lab: { targets: hosts, ports: [servers.port, others.port], checks: ["cert"] } };
    writeFileSync(path.join(folder.path, "harbinger.yaml"), JSON.stringify({ watches }));
    const run = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(run.status, 0, run.stderr);
    const { stdout } = await harbinger(["certificates"], { directory: folder.path });
    const [, ...rows] = stdout.trimEnd().split("\n");
    assert.equal(rows.length, 2);
    assert.match(rows[0] ?? "", /^in 100 days .* 127\.94\.7\.1:\d+ and 1 more +1 other$/);
    assert.match(rows[1] ?? "", /^in 200 days .* 127\.94\.7\.1:\d+ and 1 more +1 other$/);
  });
});
