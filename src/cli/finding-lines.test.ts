import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseAddress } from "../core/address.ts";
import { parseMac } from "../core/device.ts";
import type { Discovery } from "../core/discovery.ts";
import { everyPort } from "../core/ports.ts";
import { findingLines, findingsHeading } from "./finding-lines.ts";

let ids = 0;

function discovery(address: string, port: number, more: Partial<Discovery> = {}): Discovery {
  const parsed = parseAddress(address);
  assert.ok(parsed !== undefined);
  ids += 1;
  return { id: ids, watch: "lan", scanId: 1, kind: "new", at: 0, address: parsed, port, firstScan: false, ...more };
}

describe("what a run found, in words", () => {
  it("says of each host what became of its ports, in order of address", () => {
    assert.deepEqual(
      findingLines([
        discovery("192.168.50.12", 443),
        discovery("192.168.50.12", 80),
        discovery("192.168.50.10", 8080, { isKnownHost: true, hostname: "nas" }),
        discovery("192.168.50.9", 22, { kind: "gone" }),
        discovery("192.168.50.9", 22, { kind: "returned" }),
        discovery("192.168.50.9", 23, { kind: "returned" }),
        discovery("192.168.50.8", everyPort),
        discovery("192.168.50.7", 5432, { kind: "flapping" }),
      ]),
      [
        "192.168.50.7: port 5432 comes and goes",
        "192.168.50.8: every tried port answers",
        "192.168.50.9: port 22 closed",
        "192.168.50.9: ports 22-23 are open again",
        "192.168.50.10 (nas): port 8080 opened",
        "192.168.50.12: new host, ports 80, 443 open",
      ],
    );
  });

  it("says what checks found, and that a scan failed", () => {
    const failed = { id: 99, watch: "lan", scanId: 1, kind: "scan-failed", at: 0, firstScan: false } as const;
    assert.deepEqual(
      findingLines([
        discovery("10.0.0.7", 6379, { kind: "exposed", detail: "redis 7.0.15: answers INFO\u001b[2J" }),
        { ...failed, detail: "no route" },
      ]),
      ["could not look: no route", "10.0.0.7: port 6379: anybody may use it: redis 7.0.15: answers INFO.[2J"],
    );
  });

  it("names devices by their hardware address, and where they are", () => {
    const mac = parseMac("00:53:00:12:34:56");
    const at = parseAddress("10.0.0.9");
    assert.ok(mac !== undefined && at !== undefined);
    const device = { mac, name: "printer", vendor: "Example", randomised: false, approved: false, addresses: [at] };
    const met = { id: 7, watch: "lan", scanId: 1, kind: "device-new", at: 0, firstScan: false, device } as const;
    assert.deepEqual(findingLines([met]), ["00:53:00:12:34:56 (printer, Example): new device at 10.0.0.9"]);
    assert.equal(findingsHeading("lan", [met]), "1 new device on lan");
  });

  it("has a heading with numbers", () => {
    assert.equal(findingsHeading("lan", []), "nothing new on lan");
    assert.equal(
      findingsHeading("lan", [
        discovery("10.0.0.1", 80),
        discovery("10.0.0.1", 443),
        discovery("10.0.0.2", 80),
        discovery("10.0.0.3", 80, { isKnownHost: true }),
        discovery("10.0.0.4", 80, { kind: "gone" }),
      ]),
      "2 new hosts, 1 port opened, 1 port closed on lan",
    );
    assert.match(
      findingsHeading("lan", [discovery("10.0.0.1", 80, { firstScan: true })]),
      /first scan: everything is new/,
    );
  });
});
