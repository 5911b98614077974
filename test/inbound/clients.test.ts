import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { describe, test } from "node:test";
import tls from "node:tls";
import type { Connection } from "../../src/core/connection.ts";
import { findProgram } from "../../src/platform/programs.ts";
import { Decoy } from "./decoy.ts";

interface RealClient {
  readonly program: string;
  /** `PORT` becomes the decoy's port. */
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The decoy's banner, for clients that wait for one. */
  readonly banner?: string;
  readonly expect: (connection: Connection) => void;
}

const clients: readonly RealClient[] = [
  {
    program: "curl",
    words: ["--silent", "--max-time", "10", "-A", "probe/1", "http://127.0.0.1:PORT/wp-login.php"],
    expect: ({ identification: { protocol, http } }) => {
      assert.equal(protocol, "http");
      assert.deepEqual([http?.method, http?.path, http?.userAgent], ["GET", "/wp-login.php", "probe/1"]);
    },
  },
  {
    program: "wget",
    words: ["--quiet", "--tries=1", "--timeout=10", "-O", "-", "http://127.0.0.1:PORT/x"],
    expect: ({ identification: { http } }) => assert.match(http?.userAgent ?? "", /^Wget/),
  },
  {
    program: "openssl",
    words: ["s_client", "-connect", "127.0.0.1:PORT", "-servername", "decoy.example", "-alpn", "h2,http/1.1"],
    expect: ({ identification: { protocol, tls: hello } }) => {
      assert.equal(protocol, "tls");
      assert.equal(hello?.sni, "decoy.example");
      assert.deepEqual(hello?.alpn, ["h2", "http/1.1"]);
      assert.match(hello?.ja3 ?? "", /^[0-9a-f]{32}$/);
      assert.match(hello?.ja4 ?? "", /^t13d\d{4}h2_[0-9a-f]{12}_[0-9a-f]{12}$/);
    },
  },
  {
    program: "ssh",
    words: [
      "-F",
      "none",
      "-p",
      "PORT",
      "-o",
      "BatchMode=yes",
      "-o",
      "ConnectTimeout=10",
      "-o",
      "StrictHostKeyChecking=no",
      "-o",
      "UserKnownHostsFile=/dev/null",
      "nobody@127.0.0.1",
    ],
    expect: ({ identification: { protocol, ssh } }) => {
      assert.equal(protocol, "ssh");
      assert.match(ssh?.ident ?? "", /^SSH-2\.0-OpenSSH/);
      assert.match(ssh?.hassh ?? "", /^[0-9a-f]{32}$/);
    },
  },
  {
    program: "redis-cli",
    words: ["-h", "127.0.0.1", "-p", "PORT", "PING"],
    expect: ({ identification: { protocol } }) => assert.equal(protocol, "redis"),
  },
  {
    program: "psql",
    words: ["host=127.0.0.1 port=PORT user=sa dbname=shop connect_timeout=10"],
    environment: { PGSSLMODE: "disable", PGGSSENCMODE: "disable" },
    expect: ({ identification: { protocol, postgresql } }) => {
      assert.equal(protocol, "postgresql");
      assert.ok(JSON.stringify(postgresql).includes("shop"));
    },
  },
  {
    program: "mysql",
    words: ["--no-defaults", "-h", "127.0.0.1", "-P", "PORT", "-u", "root", "--connect-timeout=10"],
    banner: "mysql",
    expect: ({ identification: { protocol }, phase }) => assert.deepEqual([protocol, phase], ["mysql", "after-banner"]),
  },
];

function run(client: RealClient, program: string, port: number): ChildProcess {
  const words = client.words.map((word) => word.replace("PORT", `${port}`));
  const child = spawn(program, words, { stdio: "ignore", env: { ...process.env, ...client.environment } });
  child.on("error", () => {});
  return child;
}

describe("a decoy names what real clients speak", () => {
  for (const client of clients) {
    const program = findProgram(client.program);
    const skip = program === undefined ? `${client.program} is not installed` : false;
    test(client.program, { skip, timeout: 30_000 }, async () => {
      if (program === undefined) return;
      const clientTime = client.banner === undefined ? "20s" : "100ms";
      await using decoy = await Decoy.start({
        banner: client.banner ?? "",
        capture: { client_time: clientTime, banner_time: "20s" },
      });
      const child = run(client, program, decoy.port);
      try {
        client.expect(await decoy.one());
      } finally {
        child.kill();
      }
    });
  }

  test("Node's own TLS", { timeout: 30_000 }, async () => {
    await using decoy = await Decoy.start({ capture: { client_time: "20s" } });
    const socket = tls.connect({
      port: decoy.port,
      host: "127.0.0.1",
      servername: "node.example",
      ALPNProtocols: ["x"],
    });
    socket.on("error", () => {});
    const { identification } = await decoy.one();
    assert.equal(identification.tls?.sni, "node.example");
    assert.deepEqual(identification.tls?.alpn, ["x"]);
    socket.destroy();
  });
});
