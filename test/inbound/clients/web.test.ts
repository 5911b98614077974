import assert from "node:assert/strict";
import http from "node:http";
import http2 from "node:http2";
import { describe, test } from "node:test";
import tls from "node:tls";
import type { Connection } from "../../../src/core/connection.ts";
import { hangLimitMs } from "../../harness/hang-limit.ts";
import { Decoy } from "../decoy.ts";
import { type RealClient, testClients } from "./real-client.ts";

const curl = ["--disable", "--noproxy", "*", "--silent", "--max-time", "20"];

function assertFingerprints({ identification: { tls: hello } }: Connection, ja4: RegExp): void {
  assert.match(hello?.ja3 ?? "", /^[0-9a-f]{32}$/);
  assert.match(hello?.ja4 ?? "", ja4);
}

const clients: readonly RealClient[] = [
  {
    does: "curl requests a page",
    program: "curl",
    words: [...curl, "-A", "probe/1", "http://127.0.0.1:PORT/wp-login.php"],
    expect: ({ identification: { protocol, http }, local }) => {
      assert.equal(protocol, "http");
      assert.deepEqual(http, {
        method: "GET",
        path: "/wp-login.php",
        host: `127.0.0.1:${local.port}`,
        userAgent: "probe/1",
        version: "1.1",
      });
    },
  },
  {
    does: "curl offers an upgrade to HTTP/2",
    program: "curl",
    words: [...curl, "--http2", "--connect-to", "decoy.example:80:127.0.0.1:PORT", "http://decoy.example/"],
    expect: ({ identification: { protocol, http } }) => {
      assert.equal(protocol, "http");
      assert.deepEqual([http?.host, http?.version, http?.h2cUpgrade], ["decoy.example", "1.1", true]);
      assert.match(http?.userAgent ?? "", /^curl\//);
    },
  },
  {
    does: "curl uses HTTP/2 without negotiation",
    program: "curl",
    words: [...curl, "--http2-prior-knowledge", "-A", "probe/2", "-X", "DELETE", "http://127.0.0.1:PORT/api/users"],
    expect: ({ identification: { protocol, http }, local }) => {
      assert.equal(protocol, "http2");
      assert.deepEqual(http, {
        method: "DELETE",
        path: "/api/users",
        host: `127.0.0.1:${local.port}`,
        userAgent: "probe/2",
        version: "2",
      });
    },
  },
  {
    does: "curl requests a page over TLS",
    program: "curl",
    words: [...curl, "--insecure", "--connect-to", "decoy.example:443:127.0.0.1:PORT", "https://decoy.example/"],
    expect: (connection) => {
      const { protocol, tls: hello } = connection.identification;
      assert.equal(protocol, "tls");
      assert.deepEqual([hello?.version, hello?.sni, hello?.alpn], ["TLS 1.3", "decoy.example", ["h2", "http/1.1"]]);
      assertFingerprints(connection, /^t13d\d{4}h2_[0-9a-f]{12}_[0-9a-f]{12}$/);
    },
  },
  {
    does: "curl uses the decoy as a proxy",
    program: "curl",
    words: ["--disable", "--silent", "--max-time", "20", "--proxy", "http://127.0.0.1:PORT", "https://decoy.example/"],
    expect: ({ identification: { protocol, http } }) => {
      assert.equal(protocol, "http");
      assert.deepEqual([http?.method, http?.path, http?.host], ["CONNECT", "decoy.example:443", "decoy.example:443"]);
    },
  },
  {
    does: "curl uses the decoy as a SOCKS 4 proxy",
    program: "curl",
    words: ["--disable", "--silent", "--max-time", "20", "--socks4a", "127.0.0.1:PORT", "http://decoy.example:8080/"],
    expect: ({ identification: { protocol, socks4 } }) => {
      assert.equal(protocol, "socks4");
      const facts = { version: "4a", command: "connect", destinationHost: "decoy.example", destinationPort: 8080 };
      assert.deepEqual(socks4, facts);
    },
  },
  {
    does: "curl uses the decoy as a SOCKS 5 proxy",
    program: "curl",
    words: [
      "--disable",
      "--silent",
      "--socks5-hostname",
      "127.0.0.1:PORT",
      "--max-time",
      "20",
      "http://decoy.example/",
    ],
    expect: ({ identification: { protocol, socks5 } }) => {
      assert.equal(protocol, "socks5");
      const methods = socks5?.["methods"];
      assert.ok(Array.isArray(methods) && methods.includes("none"), JSON.stringify(socks5));
      const facts = [socks5?.["command"], socks5?.["destinationHost"], socks5?.["destinationPort"]];
      assert.deepEqual(facts, ["connect", "decoy.example", 80]);
    },
  },
  {
    does: "wget fetches a page",
    program: "wget",
    words: ["--no-config", "--no-proxy", "--tries=1", "--timeout=20", "-O", "-", "http://127.0.0.1:PORT/x?y=1"],
    expect: ({ identification: { protocol, http } }) => {
      assert.equal(protocol, "http");
      assert.deepEqual([http?.method, http?.path], ["GET", "/x?y=1"]);
      assert.match(http?.userAgent ?? "", /^Wget\//);
    },
  },
  {
    does: "openssl s_client sends a handshake",
    program: "openssl",
    words: ["s_client", "-connect", "127.0.0.1:PORT", "-servername", "decoy.example", "-alpn", "h2,http/1.1"],
    expect: (connection) => {
      const { protocol, tls: hello } = connection.identification;
      assert.equal(protocol, "tls");
      assert.deepEqual([hello?.version, hello?.sni, hello?.alpn], ["TLS 1.3", "decoy.example", ["h2", "http/1.1"]]);
      assertFingerprints(connection, /^t13d\d{4}h2_[0-9a-f]{12}_[0-9a-f]{12}$/);
    },
  },
  {
    does: "openssl s_client offers at most TLS 1.2, without a name",
    program: "openssl",
    words: ["s_client", "-connect", "127.0.0.1:PORT", "-tls1_2", "-noservername"],
    expect: (connection) => {
      const { protocol, tls: hello } = connection.identification;
      assert.equal(protocol, "tls");
      assert.deepEqual([hello?.version, hello?.sni, hello?.alpn], ["TLS 1.2", undefined, []]);
      assertFingerprints(connection, /^t12i\d{4}00_[0-9a-f]{12}_[0-9a-f]{12}$/);
    },
  },
];

testClients("a decoy names what people fetch pages with", clients);

describe("a decoy identifies clients of Node", () => {
  const slow = { capture: { client_time: "30s" } };

  test("TLS", { timeout: hangLimitMs }, async () => {
    await using decoy = await Decoy.start(slow);
    const socket = tls.connect({
      port: decoy.port,
      host: "127.0.0.1",
      servername: "node.example",
      ALPNProtocols: ["http/1.1"],
    });
    socket.on("error", () => {});
    const connection = await decoy.one();
    const { protocol, tls: hello } = connection.identification;
    assert.equal(protocol, "tls");
    assert.deepEqual([hello?.version, hello?.sni, hello?.alpn], ["TLS 1.3", "node.example", ["http/1.1"]]);
    assertFingerprints(connection, /^t13d\d{4}h1_[0-9a-f]{12}_[0-9a-f]{12}$/);
    socket.destroy();
  });

  test("HTTP", { timeout: hangLimitMs }, async () => {
    await using decoy = await Decoy.start(slow);
    const request = http.request({
      port: decoy.port,
      host: "127.0.0.1",
      path: "/api",
      method: "PUT",
      headers: { host: "node.example", "user-agent": "node-test" },
    });
    request.on("error", () => {});
    request.end("{}");
    const { identification } = await decoy.one();
    assert.equal(identification.protocol, "http");
    assert.deepEqual(identification.http, {
      method: "PUT",
      path: "/api",
      host: "node.example",
      userAgent: "node-test",
      version: "1.1",
    });
    request.destroy();
  });

  test("fetch", { timeout: hangLimitMs }, async () => {
    await using decoy = await Decoy.start(slow);
    const answer = fetch(`http://127.0.0.1:${decoy.port}/a?b`).catch(() => undefined);
    const { identification } = await decoy.one();
    assert.deepEqual([identification.http?.path, identification.http?.userAgent], ["/a?b", "node"]);
    assert.equal(await answer, undefined);
  });

  test("HTTP/2", { timeout: hangLimitMs }, async () => {
    await using decoy = await Decoy.start(slow);
    const session = http2.connect(`http://127.0.0.1:${decoy.port}`);
    session.on("error", () => {});
    const stream = session.request({ ":path": "/h2", "user-agent": "node-h2" });
    stream.on("error", () => {});
    const { identification } = await decoy.one();
    assert.equal(identification.protocol, "http2");
    assert.deepEqual([identification.http?.path, identification.http?.userAgent], ["/h2", "node-h2"]);
    session.destroy();
  });
});
