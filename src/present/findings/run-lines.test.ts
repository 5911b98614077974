import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseAddress } from "../../core/address.ts";
import { parseMac } from "../../core/device.ts";
import type { Discovery } from "../../core/discovery.ts";
import { everyPort } from "../../core/ports.ts";
import type { Watch } from "../../core/watch.ts";
import { mergeFindings } from "./merge-findings.ts";
import { findingLines, findingsHeading, runReport, runSections, withinRoom } from "./run-lines.ts";

let ids = 0;

function discovery(address: string, port: number, more: Partial<Discovery> = {}): Discovery {
  const parsed = parseAddress(address);
  assert.ok(parsed !== undefined);
  ids += 1;
  return { id: ids, watch: "lan", scanId: 1, kind: "new", at: 0, address: parsed, port, firstScan: false, ...more };
}

function watchNamed(name: string): Watch {
  return {
    name,
    label: "Home",
    ports: [22, 80],
    recipients: [],
    checks: [],
    goneAfter: 1,
    reportOn: "changes",
    scan: { engine: "connect", targets: [], exclude: [] },
  };
}

/** The output for a run of these watches. */
function output(found: Readonly<Record<string, readonly Discovery[]>>, gone: readonly string[] = []) {
  const watches = Object.entries(found).map(([name, discoveries]) => ({
    run: {
      watch: watchNamed(name),
      status: "complete" as const,
      summary: {
        scanId: 1,
        firstScan: false,
        counts: { new: 0, gone: 0, returned: 0, present: 3, sighted: 3, flapping: 0 },
      },
    },
    found: discoveries,
  }));
  const whole = new Set(gone.flatMap((text) => parseAddress(text) ?? []));
  const report = runReport(runSections(watches), whole);
  const findings = mergeFindings(report);
  return { heading: findingsHeading(report, findings), ...findingLines(report, findings) };
}

describe("what a run found, in words", () => {
  test("lists the changed ports of each host, in order of address", () => {
    const { urgent, others } = output({
      lan: [
        discovery("192.168.50.12", 443),
        discovery("192.168.50.12", 80),
        discovery("192.168.50.10", 8080, { isKnownHost: true, hostname: "nas" }),
        discovery("192.168.50.9", 22, { kind: "gone" }),
        discovery("192.168.50.9", 24, { kind: "returned" }),
        discovery("192.168.50.8", everyPort),
        discovery("192.168.50.7", 5432, { kind: "flapping" }),
      ],
    });
    assert.deepEqual(urgent, []);
    assert.deepEqual(others, [
      "Host flapping: 192.168.50.7, port 5432: gone and back too often; quiet until it settles",
      "New host: 192.168.50.8, every tried port answers",
      "Port back on 192.168.50.9: 24",
      "Port gone on 192.168.50.9: 22",
      "New port on 192.168.50.10 (nas): 8080",
      "New host: 192.168.50.12, ports 80, 443",
    ]);
  });

  test("separates urgent findings and failed scans from the rest", () => {
    const failed = { id: 99, watch: "lan", scanId: 1, kind: "scan-failed", at: 0, firstScan: false } as const;
    const { urgent, others } = output({
      lan: [
        discovery("10.0.0.1", 80),
        discovery("10.0.0.9", 443, { kind: "certificate-expired", detail: "example.org ended" }),
        discovery("10.0.0.7", 6379, { kind: "exposed", detail: "redis 7.0.15: answers INFO\u001b[2J" }),
        { ...failed, detail: "no route" },
      ],
    });
    assert.equal(urgent.length, 3);
    assert.match(urgent[0] ?? "", /^.*exposed on 10\.0\.0\.7:6379: redis 7\.0\.15: answers INFO\.\[2J$/);
    assert.equal(urgent[1], "Certificate expired on 10.0.0.9:443: example.org ended");
    assert.equal(urgent[2], "Scan of lan failed: no route");
    assert.deepEqual(others, ["New host: 10.0.0.1, port 80"]);
  });

  test("counts a new host that is a new device once", () => {
    const mac = parseMac("00:53:00:12:34:56");
    const at = parseAddress("10.0.0.9");
    assert.ok(mac !== undefined && at !== undefined);
    const device = { mac, name: "printer", vendor: "Example", randomised: false, approved: false, addresses: [at] };
    const met = { id: 7, watch: "lan", scanId: 1, kind: "device-new", at: 0, firstScan: false, device } as const;
    const { heading, others } = output({ lan: [met, discovery("10.0.0.9", 631, { device })] });
    assert.match(heading, /1 new device: printer/);
    assert.deepEqual(others, ["New device: printer (10.0.0.9, Example), port 631"]);
  });

  test("lists a host as gone if all its ports are, as the report does", () => {
    const lost = [80, 443].map((port) => discovery("10.0.0.4", port, { kind: "gone" }));
    assert.deepEqual(output({ lan: lost }, ["10.0.0.4"]), {
      heading: "Scanned lan: 1 host gone: 10.0.0.4",
      urgent: [],
      others: ["Host gone: 10.0.0.4, ports 80, 443"],
    });
  });

  test("lists a host that several watches found in one run in the same way, whichever finished first", () => {
    const first = discovery("10.0.0.1", 22, { isKnownHost: false });
    const second = discovery("10.0.0.1", 80, { isKnownHost: true });
    assert.deepEqual(output({ ssh: [first], web: [second] }).others, ["New host: 10.0.0.1, ports 22, 80"]);
  });

  test("names the watches and the numbers in its heading", () => {
    assert.equal(output({ lan: [] }).heading, "Scanned lan: nothing new (1 watch, 3 open ports)");
    const found = [
      discovery("10.0.0.1", 80),
      discovery("10.0.0.2", 80),
      discovery("10.0.0.3", 80, { isKnownHost: true }),
      discovery("10.0.0.4", 80, { kind: "gone" }),
    ];
    assert.equal(output({ lan: found, dmz: [] }).heading, "Scanned lan, dmz: 2 new hosts, 1 new port, 1 port gone");
  });

  test("never leaves out urgent findings", () => {
    const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index));
    assert.deepEqual(withinRoom({ urgent: ["u"], others: numbered(24) }), {
      shown: ["u", ...numbered(24)],
      rest: 0,
    });
    assert.deepEqual(withinRoom({ urgent: ["u"], others: numbered(26) }), {
      shown: ["u", ...numbered(23)],
      rest: 3,
    });
    assert.equal(withinRoom({ urgent: numbered(40), others: numbered(9) }).shown.length, 40 + 4);
  });
});
