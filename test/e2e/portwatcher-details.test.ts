import assert from "node:assert/strict";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { describe, test } from "node:test";
import { variableNames } from "../../src/compat/portwatcher/variables.ts";
import { mmdbOf } from "../enrich/mmdb-file.ts";
import { type RunningCli, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { HttpServer } from "../harness/http-server.ts";
import { launcherOf } from "../harness/launchers.ts";

const hello = readFileSync(new URL("../../src/wire/tls/fixtures/curl-openssl3.bin", import.meta.url));

/** A portwatcher that pushes to a test server, and all requests to that server. */
class Watchman implements AsyncDisposable {
  readonly push: HttpServer;
  readonly #running: RunningCli;
  readonly #port: number;

  private constructor(push: HttpServer, running: RunningCli, port: number) {
    this.push = push;
    this.#running = running;
    this.#port = port;
  }

  static async start(directory: string, environment: Readonly<Record<string, string>>): Promise<Watchman> {
    const push = await HttpServer.start();
    const port = await freePort();
    const running = startHarbinger([], {
      directory,
      launcher: launcherOf("portwatcher"),
      environment: {
        ...Object.fromEntries(variableNames.map((name) => [name, undefined])),
        PW_HOST: "127.0.0.1",
        PW_PORT: String(port),
        PW_RDNS_ENABLE: "0",
        PW_NOTIFY_IGNORE_LOOPBACK: "0",
        PW_NTFY_SERVER: push.url,
        PW_NTFY_TOPIC: "knocks",
        ...environment,
      },
    });
    await running.waitForOutput("listening");
    return new Watchman(push, running, port);
  }

  /** Connects from `address` and sends `words`; returns the text of the alert. */
  async alertFor(address: string, words: string | Uint8Array): Promise<string> {
    const count = this.push.accepted.length + 1;
    const socket = net.connect({ port: this.#port, host: "127.0.0.1", localAddress: address });
    socket.on("error", () => {});
    socket.resume().write(words);
    await this.push.until(({ accepted }) => accepted.length >= count);
    socket.destroy();
    return this.push.accepted[count - 1]?.body ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#running.process.kill("SIGTERM");
    const { status, stderr } = await this.#running.ended;
    await this.push.stop();
    assert.equal(status, 0, stderr);
  }
}

function place(city: string, latitude: number) {
  return mmdbOf({
    "127.0.0.0/8": {
      country: { iso_code: "DE", names: { en: "Germany" } },
      city: { names: { en: city } },
      location: { latitude, longitude: 8.6724 },
    },
  });
}

describe("what portwatcher reports, as configured", () => {
  test("place with coordinates, both times, fingerprints, and the payload in hex", async () => {
    using folder = temporaryFolder();
    const city = path.join(folder.path, "city.mmdb");
    writeFileSync(city, place("Heidelberg", 49.4094));
    const holder = { autonomous_system_number: 64_500, autonomous_system_organization: "Example Carrier" };
    writeFileSync(path.join(folder.path, "asn.mmdb"), mmdbOf({ "127.0.0.0/8": holder }, { type: "Test-ASN" }));
    await using watchman = await Watchman.start(folder.path, {
      PW_GEOIP_CITY_DB: "city.mmdb",
      PW_GEOIP_ASN_DB: "asn.mmdb",
      PW_GEO_ALLOW_PRIVATE: "1",
      PW_INCLUDE_COORDS: "1   # ungefähr",
      PW_LATLON_PRECISION: "1",
      PW_TZ: "America/New_York",
      PW_TS_INCLUDE_UTC: "yes",
      PW_TLS_JA3: "1",
      PW_PAYLOAD_MODE: "HEX",
      PW_PAYLOAD_MAX_CHARS: "20",
      PW_NTFY_PRIORITY: "max",
      PW_NTFY_TAGS: "skull",
    });
    const text = await watchman.alertFor("127.12.0.1", hello);
    assert.match(
      text,
      new RegExp(
        [
          /^Timestamp: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[45]:00/,
          /Timestamp \(UTC\): \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00/,
          /Peer IP: 127\.12\.0\.1/,
          /Port: \d+/,
          /rDNS: -/,
          /Country: DE \/ Germany/,
          /City\/Region: Heidelberg/,
          /Coords \(approx\): 49\.4, 8\.7/,
          /BytesIn\/Probe: \d+ in \d+ms/,
          /Detected: tls/,
          /HTTP: -/,
          /Host: -/,
          /User-Agent: -/,
          /SNI: .+/,
          /ALPN: .+/,
          /JA3: [0-9a-f]{32}/,
          /JA4: t13d\w+_[0-9a-f]{12}_[0-9a-f]{12}/,
          /Payload \(hex, \d+B\):/,
          /1603010\w{13}\.\.\. \[\d+ more characters\]/,
          /Org: Example Carrier/,
          /Provider: AS64500 Example Carrier/,
          /Local: 127\.0\.0\.1:\d+/,
          /Suppressed \(since last notify for this IP\): 0\s*$/,
        ]
          .map(({ source }) => source)
          .join("\\n"),
      ),
    );
    const headers = watchman.push.accepted[0]?.headers;
    assert.equal(headers?.["title"], "DE Heidelberg 127.12.0.1");
    assert.deepEqual([headers["priority"], headers["tags"]], ["5", "skull"]);

    // Another file is renamed over the one in use; then a broken one.
    writeFileSync(`${city}.new`, place("Mannheim", 49.4875));
    renameSync(`${city}.new`, city);
    let number = 2;
    const cityTold = async () =>
      /City\/Region: (.*)/.exec(await watchman.alertFor(`127.12.0.${number++}`, "x\r\n\r\n"))?.[1];
    while ((await cityTold()) !== "Mannheim") assert.ok(number < 100);
    writeFileSync(`${city}.new`, "no database");
    renameSync(`${city}.new`, city);
    for (let visit = 0; visit < 3; visit++) assert.equal(await cityTold(), "Mannheim");
  });

  test("text with its control characters as escapes, without a city; and nothing if nothing is to be read", async () => {
    const words = "Grüße \x1b[2J\0 Ende\r\n\r\n";
    const payloadOf = (text: string) => /^Payload \(.*\):.*\n(?:[\s\S]*?\n)?(?=Org: )/m.exec(text)?.[0];
    {
      using folder = temporaryFolder();
      await using watchman = await Watchman.start(folder.path, {
        PW_PAYLOAD_MODE: "text",
        PW_PAYLOAD_STRIP_CONTROL: "0",
        PW_INCLUDE_CITY: "0",
      });
      const text = await watchman.alertFor("127.12.1.1", words);
      assert.equal(payloadOf(text), "Payload (text, 22B):\nGrüße \\x1b[2J\\x00 Ende\n");
      assert.doesNotMatch(text, /City\/Region/);
    }
    {
      using folder = temporaryFolder();
      await using watchman = await Watchman.start(folder.path, { PW_PAYLOAD_MODE: "base64", PW_PROBE_MAX_BYTES: "6" });
      const text = await watchman.alertFor("127.12.1.2", words);
      assert.equal(payloadOf(text), `Payload (base64, 6B):\n${Buffer.from(words).subarray(0, 6).toString("base64")}\n`);
    }
    {
      using folder = temporaryFolder();
      await using watchman = await Watchman.start(folder.path, { PW_PAYLOAD_IN_NOTIF: "off" });
      const text = await watchman.alertFor("127.12.1.3", "GET /x HTTP/1.0\r\n\r\n");
      assert.match(text, /^HTTP: GET \/x HTTP\/1\.0$/m);
      assert.doesNotMatch(text, /Payload/);
    }
    {
      using folder = temporaryFolder();
      await using watchman = await Watchman.start(folder.path, { PW_CAPTURE_PAYLOAD: "0" });
      const text = await watchman.alertFor("127.12.1.4", "GET /x HTTP/1.0\r\n\r\n");
      assert.match(text, /^Detected: none$/m);
      assert.doesNotMatch(text, /Payload|GET/);
    }
  });
});
