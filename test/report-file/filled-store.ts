import path from "node:path";
import { type Address, parseAddress } from "../../src/core/address.ts";
import type { Identification } from "../../src/core/identification.ts";
import { openStore } from "../../src/store/open-store.ts";
import { fillStore } from "../e2e/examined-store.ts";
import { connection, record } from "../store/inbound-sample.ts";
import { address, look, sighting } from "../store/sample.ts";

const dayMs = 86_400_000;

/** Markup, script, control and bidirectional characters, and what HTML escapes. */
const hostile = "<script>alert(1)</script>\"'><svg onload=alert(3)>\u0000\u001b[31m\u202egnp.exe&lt;b&gt;{{7*7}}";

const places = [
  ["US", "United States", 64_500, "Example Hosting"],
  ["CN", "China", 64_501, "Example Backbone"],
  ["NL", "Netherlands", 64_502, "Example Telecom"],
  ["BR", "Brazil", 64_503, hostile],
  ["DE", "Germany", 64_504, "Example Network"],
  ["SG", "Singapore", 64_505, "Example Cloud"],
] as const;

const agents = ["curl/8.5.0", "zgrab/0.x", "Mozilla/5.0 (compatible; CensysInspect/1.1)", hostile];

/** Scans, checks and connections of the last week, some of them hostile. */
export async function fillForReport(directory: string): Promise<void> {
  await fillStore(directory);
  await using store = await openStore({ location: path.join(directory, "harbinger.db"), thread: "caller" });
  const now = Date.now();
  const all = Array.from({ length: 900 }, (_, i) => {
    const place = i % 60;
    const peer = parseAddress(`198.51.100.${place}`) as Address;
    return connection(`report-${i}`, {
      at: now - Math.floor((i / 900) ** 2 * 6.9 * dayMs) - 60_000,
      peer: { address: peer, port: 40_000 + i },
      local: { address: address("192.0.2.1"), port: [22, 23, 80, 443, 3389][i % 5] ?? 22 },
      listener: i % 4 === 0 ? "quiet" : "decoy",
      identification: identificationOf(i),
    });
  });
  await record(store, all, []);
  await store.connections.setOrigins(
    Array.from({ length: 60 }, (_, i) => {
      const [countryCode, country, asn, organization] = places[Math.floor(Math.log2(i + 1))] ?? places[0];
      return { address: address(`198.51.100.${i}`), origin: { countryCode, country, asn, organization }, at: now };
    }),
  );
  const sees = [5, 6, 7, 8].map((host) => sighting(`10.0.0.${host}`, 443));
  // It is exposed still.
  const redis = sighting("10.0.0.5", 6379);
  await look(store, { at: now - 3 * dayMs, watch: "lan-web", ports: [443, 6379], sees: [...sees, redis] });
  const outcome = { status: "failed", reason: `no route ${hostile}` } as const;
  await look(store, { at: now - dayMs, watch: "office", sees: [], outcome });
}

function identificationOf(i: number): Identification {
  if (i % 5 === 0)
    return { protocol: "ssh", complete: true, ssh: { ident: "SSH-2.0-Go", hassh: `${i % 3}`.repeat(32) } };
  if (i % 5 === 3)
    return {
      protocol: "tls",
      complete: true,
      tls: { version: "TLS 1.3", alpn: [], ja4: "t13d1516h2_8daaf6152771_b0da82dd1658" },
    };
  const userAgent = agents[Math.floor(i / 5) % agents.length] ?? "";
  return { protocol: "http", complete: true, http: { method: "GET", path: "/", userAgent } };
}
