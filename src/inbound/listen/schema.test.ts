import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bannerBytes, bannerPresets, bannersByPort, maxBannerBytes } from "./banners.ts";
import { listenerSchema, listenerSettings } from "./schema.ts";

describe("an entry of listeners", () => {
  test("requires only ports, and has defaults for everything else", () => {
    const settings = listenerSettings("decoy", listenerSchema.parse({ ports: [22, "8000-8002"] }));
    assert.deepEqual(settings.ports, [22, 8000, 8001, 8002]);
    assert.deepEqual(settings.hosts, []);
    assert.deepEqual(settings.capture, {
      mode: "patient",
      maxBytes: 4096,
      clientTimeMs: 800,
      banner: undefined,
      bannersByPort,
      bannerTimeMs: 5000,
      dialogue: true,
      passwords: false,
    });
    assert.deepEqual(settings.limits, { connections: 10_000, perAddress: 100 });
    assert.equal(settings.logIgnored, true);
  });

  test("accepts every key", () => {
    const settings = listenerSettings(
      "decoy",
      listenerSchema.parse({
        ports: "22",
        host: ["0.0.0.0", "::", "::"],
        banner: "ssh",
        capture: { mode: "classic", max_bytes: 2048, client_time: "1s", banner_time: "2s" },
        limits: { connections: 5, per_address: 2 },
        proxy_protocol: { trusted: ["10.0.0.1", "fd00::/8"] },
        ignore: "10.0.0.0/8",
        log_ignored: false,
        cooldown: "1h30m",
      }),
    );
    assert.deepEqual(settings.hosts, ["0.0.0.0", "::"]);
    assert.match(Buffer.from(settings.capture.banner ?? []).toString(), /^SSH-2\.0-.*\r\n$/);
    assert.equal(settings.trustedProxies.length, 2);
    assert.equal(settings.ignore.length, 1);
    assert.equal(settings.cooldownMs, 5_400_000);
  });

  test("reports the place of an invalid value", () => {
    const wrong = (entry: Readonly<Record<string, unknown>>) => {
      const result = listenerSchema.safeParse({ ports: [22], ...entry });
      return result.success ? "" : result.error.issues.map((issue) => issue.path.join(".") || issue.code).join();
    };
    assert.equal(wrong({ ports: [22, "9-1"] }), "ports.1");
    assert.equal(wrong({ ports: [] }), "ports");
    assert.equal(wrong({ capture: { client_time: "soon" } }), "capture.client_time");
    assert.equal(wrong({ limits: { connections: 0 } }), "limits.connections");
    assert.equal(wrong({ cooldown: 30 }), "cooldown");
    assert.equal(wrong({ host: "example.org" }), "host");
    assert.equal(wrong({ ignore: ["10.0.0.0/33"] }), "ignore.0");
    assert.equal(wrong({ unheard_of: 1 }), "unrecognized_keys");
  });
});

describe("banners", () => {
  test("are a preset if they have its name, anything else is sent unchanged", () => {
    assert.equal(Buffer.from(bannerBytes("vnc") ?? []).toString(), "RFB 003.008\n");
    assert.equal(Buffer.from(bannerBytes("grüß Gott") ?? []).toString(), "grüß Gott");
    assert.equal(bannerBytes(""), undefined);
    assert.equal(Buffer.from(bannerBytes("toString") ?? []).toString(), "toString");
  });

  test("fit the send buffer of a new connection", () => {
    for (const name of Object.keys(bannerPresets)) {
      const size = bannerBytes(name)?.length ?? 0;
      assert.ok(size > 0 && size <= maxBannerBytes, name);
    }
  });

  test("of MySQL are one packet of the declared length", () => {
    const packet = Buffer.from(bannerBytes("mysql") ?? []);
    assert.equal(packet.readUIntLE(0, 3) + 4, packet.length);
    assert.equal(packet[4], 10);
  });
});
