import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { findProgram } from "../../src/platform/programs.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { appEnvironment } from "../harness/earlier-environment.ts";
import { whyNoLab } from "../harness/network.ts";
import type { HomeOrder, HomeResult } from "./portwatcher-home.ts";

const vectors = process.env["HARBINGER_VECTORS"];
const missing = ["curl", "openssl", "ssh"].find((program) => findProgram(program) === undefined);
const reason =
  vectors === undefined
    ? "HARBINGER_VECTORS names no folder with MaxMind's test databases (geoip/*.mmdb)"
    : missing === undefined
      ? whyNoLab()
      : `${missing} is not installed`;

/** As \`docker run --env-file\` reads it: whatever follows the first = is the value. */
function envFile(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line.includes("=") && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
  );
}

const peers = ["89.160.20.112", "81.2.69.142", "2.125.160.216"] as const;
const house = "10.21.0.1";

describe("portwatcher with the environment of the earlier tool's document", {
  skip: reason ?? false,
}, () => {
  test("reports the peer, its place and its bytes by mail and push, once, and no health check", async () => {
    using folder = temporaryFolder();
    using lab = village();
    const [curl, openssl, ssh] = peers;
    const asClient = (...command: string[]) => ["ip", "netns", "exec", lab.peers, ...command];
    const get = asClient("curl", "-s", "--interface", curl, "-A", "knocker/1.0", `http://${house}:1417/admin?x=1`);
    const { mails, posts, status, log } = await lab.run({
      directory: folder.path,
      environment: {
        ...envFile(appEnvironment),
        PW_GEOIP_CITY_DB: path.resolve(vectors ?? "", "geoip/GeoLite2-City-Test.mmdb"),
        PW_GEOIP_ASN_DB: path.resolve(vectors ?? "", "geoip/GeoLite2-ASN-Test.mmdb"),
      },
      clients: [
        { command: get, mails: 1 },
        { command: get, mails: 1 },
        {
          command: asClient(
            "openssl",
            "s_client",
            "-connect",
            `${house}:1417`,
            "-servername",
            "test.example",
            "-alpn",
            "h2",
            "-bind",
            `${openssl}:0`,
          ),
          mails: 2,
        },
        {
          command: asClient(
            "ssh",
            "-F",
            "none",
            "-o",
            "BatchMode=yes",
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
            "-b",
            ssh,
            "-p",
            "1417",
            house,
          ),
          mails: 3,
        },
      ],
    });

    assert.equal(status, 0);
    assert.deepEqual(
      mails.map(({ subject }) => subject),
      [`SE Linköping ${curl}`, `GB London ${openssl}`, `GB Boxford ${ssh}`],
    );
    for (const mail of mails) {
      assert.equal(mail.from, "portwatch@example.de");
      assert.deepEqual(mail.to, ["you@example.de"]);
      assert.ok(mail.isSecure);
      assert.equal(mail.user, "user@example.de");
    }
    const [http = "", tls = "", shell = ""] = mails.map(({ text }) => text.replaceAll("\r\n", "\n"));
    assert.match(
      http,
      new RegExp(
        [
          /^Timestamp: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00/,
          /Peer IP: 89\.160\.20\.112/,
          /Port: \d+/,
          /rDNS: -/,
          /Country: SE \/ Sweden/,
          /City\/Region: Linköping \/ Östergötland County/,
          /BytesIn\/Probe: \d+ in \d+ms/,
          /Detected: http/,
          /HTTP: GET \/admin\?x=1 HTTP\/1\.1/,
          /Host: 10\.21\.0\.1:1417/,
          /User-Agent: knocker\/1\.0/,
          /SNI: -/,
          /ALPN: -/,
          /Payload \(text, \d+B\):/,
          /GET \/admin\?x=1 HTTP\/1\.1/,
          / {2}Host: 10\.21\.0\.1:1417/,
          / {2}User-Agent: knocker\/1\.0/,
          /Accept: \*\/\*/,
          /Org: .+/,
          /Provider: AS\d+ .+/,
          /Local: 10\.21\.0\.1:1417/,
          /Suppressed \(since last notify for this IP\): 0\s*$/,
        ]
          .map(({ source }) => source)
          .join("\\n"),
      ),
    );
    assert.match(tls, /^Detected: tls$/m);
    assert.match(tls, /^SNI: test\.example$/m);
    assert.match(tls, /^ALPN: h2$/m);
    assert.match(tls, /^Payload \(hex, \d+B\):$/m);
    assert.match(shell, /^Detected: ssh$/m);
    assert.match(shell, /^SSH-2\.0-OpenSSH/m);

    assert.equal(posts.length, 3);
    for (const [index, { method, path: where, headers, body }] of posts.entries()) {
      assert.deepEqual([method, where], ["POST", "/your-topic"]);
      assert.equal(decodedTitle(headers["title"] ?? ""), mails[index]?.subject);
      assert.equal(headers["priority"], "5");
      assert.equal(headers["tags"], "rotating_light,shield");
      assert.equal(body.trimEnd(), mails[index]?.text.replaceAll("\r\n", "\n").trimEnd());
    }

    const lines = log.split("\n").filter((line) => line.includes("INFO: connection"));
    assert.deepEqual(
      lines.map((line) => /"peer":"([\d.]+):/.exec(line)?.[1]),
      [curl, curl, openssl, ssh],
    );
    assert.ok(!log.includes("CHANGE_ME"));
    // There is no DNS in this network.
    assert.deepEqual(log.match(/(?:WARN|ERROR): .*/g), [
      "WARN: no DNS server answers; alerts have no host names until one does",
    ]);
  });
});

/** ntfy accepts text beyond ASCII as RFC 2047 encoded words. */
function decodedTitle(text: string): string {
  return text.replace(/=\?UTF-8\?B\?([^?]*)\?=\s*/gi, (_all, base64: string) =>
    Buffer.from(base64, "base64").toString("utf8"),
  );
}

/** Two namespaces: the decoy, and the clients with addresses from all over the world. */
function village() {
  const home = `hb-${process.pid}-h`;
  const away = `hb-${process.pid}-v`;
  const ip = (...args: string[]) => execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"], timeout: 20_000 });
  const destroy = () => {
    for (const name of [home, away]) {
      try {
        ip("netns", "del", name);
      } catch {
        // It was not made yet.
      }
    }
  };
  try {
    ip("netns", "add", home);
    ip("netns", "add", away);
    ip("link", "add", "v0", "netns", home, "type", "veth", "peer", "name", "v1", "netns", away);
    ip("-n", home, "addr", "add", `${house}/32`, "dev", "v0");
    for (const address of peers) ip("-n", away, "addr", "add", `${address}/32`, "dev", "v1");
    for (const [name, link] of [
      [home, "v0"],
      [away, "v1"],
    ] as const) {
      ip("-n", name, "link", "set", "lo", "up");
      ip("-n", name, "link", "set", link, "up");
    }
    for (const address of peers) ip("-n", home, "route", "add", `${address}/32`, "dev", "v0");
    ip("-n", away, "route", "add", `${house}/32`, "dev", "v1", "src", peers[0]);
  } catch (error) {
    destroy();
    throw error;
  }
  return {
    peers: away,
    async run(order: HomeOrder): Promise<HomeResult> {
      const program = fileURLToPath(new URL("portwatcher-home.ts", import.meta.url));
      const child = spawn("ip", ["netns", "exec", home, process.execPath, program, JSON.stringify(order)], {
        stdio: ["ignore", "pipe", "inherit"],
        timeout: 110_000,
      });
      let output = "";
      for await (const chunk of child.stdout.setEncoding("utf8")) output += String(chunk);
      const result: HomeResult = JSON.parse(output);
      return result;
    },
    [Symbol.dispose]: destroy,
  };
}
