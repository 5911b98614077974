import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  device,
  found,
  host,
  laptop,
  nas,
  ofDevice,
  phone,
  report,
  section,
} from "../../../test/report/report-sample.ts";
import type { Discovery } from "../../core/discovery.ts";
import { mergeFindings } from "./merge-findings.ts";
import type { Report } from "./report.ts";

const day = 24 * 3_600_000;

function merged(discoveries: readonly Discovery[], more: Partial<Report> = {}) {
  return mergeFindings(report([section({}, ...discoveries)], more)).map(({ type, ports, addresses }) => ({
    type,
    ports: ports.map(({ port }) => port),
    addresses: [...addresses],
  }));
}

describe("a port that went and came back", () => {
  test("is listed once in a report, in its last state", () => {
    const at = (time: number) => ({ at: Date.UTC(2026, 0, 1, 0, time) });
    const gone = found("gone", "10.0.0.1", 22, at(1));
    const back = found("returned", "10.0.0.1", 22, at(3));
    const other = found("gone", "10.0.0.1", 80, at(1));
    assert.deepEqual(merged([gone, other, back]), [
      { type: "port-returned", ports: [22], addresses: ["10.0.0.1"] },
      { type: "port-gone", ports: [80], addresses: ["10.0.0.1"] },
    ]);
    const again = found("gone", "10.0.0.1", 22, at(5));
    assert.deepEqual(merged([gone, back, again]), [{ type: "port-gone", ports: [22], addresses: ["10.0.0.1"] }]);
  });

  test("is listed for each watch separately", () => {
    const gone = section({ watch: "a" }, found("gone", "10.0.0.1", 22, { at: 1 }));
    const back = section({ watch: "b" }, found("returned", "10.0.0.1", 22, { at: 2 }));
    assert.deepEqual(
      mergeFindings(report([gone, back])).map(({ type }) => type),
      ["port-returned", "port-gone"],
    );
  });

  test("the same holds for a device", () => {
    const findings = merged([ofDevice("device-gone", phone, { at: 1 }), ofDevice("device-returned", phone, { at: 2 })]);
    assert.deepEqual(
      findings.map(({ type }) => type),
      ["device-returned"],
    );
  });
});

describe("a finding", () => {
  test("is muted or acknowledged as far as its discoveries are, with the latest acknowledgement", () => {
    const seen = (at: number) => ({ acknowledged: { at, by: "ada", note: `at ${at}` } });
    const muted = { mutedUntil: Date.UTC(2026, 0, 2) };
    const attention = (...discoveries: readonly Discovery[]) =>
      mergeFindings(report([section({}, ...discoveries)])).map((finding) => [finding.muted, finding.acknowledged]);
    assert.deepEqual(attention(found("new", "10.0.0.1", 22), found("new", "10.0.0.1", 80)), [[undefined, undefined]]);
    assert.deepEqual(
      attention(found("new", "10.0.0.1", 22, { ...muted, ...seen(2) }), found("new", "10.0.0.1", 80, seen(1))),
      [["some", { at: 2, by: "ada", note: "at 2", of: "all" }]],
    );
    assert.deepEqual(
      attention(found("new", "10.0.0.1", 22, muted), found("new", "10.0.0.1", 80, { ...muted, ...seen(1) })),
      [["all", { at: 1, by: "ada", note: "at 1", of: "some" }]],
    );
  });
});

describe("a new host", () => {
  test("is one finding with all its ports, even if several watches found it", () => {
    const lan = section({ watch: "lan" }, found("new", "10.0.0.1", 80), found("new", "10.0.0.1", 22));
    const ssh = section({ watch: "ssh", ports: [22], portLabel: "SSH" }, found("new", "10.0.0.1", 22));
    const findings = mergeFindings(report([lan, ssh]));
    assert.deepEqual(
      findings.map(({ type, ports, watches }) => ({ type, ports, watches })),
      [{ type: "new-host", ports: [{ port: 22, label: "SSH" }, { port: 80 }], watches: ["lan", "ssh"] }],
    );
  });

  test("is a new port if a watch knew the host", () => {
    assert.deepEqual(merged([found("new", "10.0.0.1", 80, { isKnownHost: true }), found("new", "10.0.0.2", 80)]), [
      { type: "new-host", ports: [80], addresses: ["10.0.0.2"] },
      { type: "new-port", ports: [80], addresses: ["10.0.0.1"] },
    ]);
  });

  test("is joined with its new device, by MAC address or by one of the device's addresses", () => {
    const byMac = found("new", "10.0.0.1", 22, { mac: laptop.mac });
    const byAddress = found("new", "fd00::67", 443);
    assert.deepEqual(merged([byMac, byAddress, ofDevice("device-new", laptop)]), [
      { type: "new-device", ports: [22, 443], addresses: ["10.0.0.1", "fd00::67", "192.168.50.67"] },
    ]);
  });

  test("is not joined with the new device of another host", () => {
    assert.deepEqual(
      merged([found("new", "10.0.0.1", 22), ofDevice("device-new", phone)]).map(({ type }) => type),
      ["new-device", "new-host"],
    );
  });

  test("is joined with a device that has another address now", () => {
    const types = merged([ofDevice("device-address-changed", nas), found("new", "192.168.50.10", 22)]);
    assert.deepEqual(
      types.map(({ type }) => type),
      ["device-address-changed"],
    );
  });
});

describe("a device found by two watches", () => {
  test("is one finding", () => {
    const sections = ["a", "b"].map((watch) => section({ watch }, ofDevice("device-new", phone)));
    assert.equal(mergeFindings(report(sections)).length, 1);
  });
});

describe("ports that are gone or back", () => {
  const gone = [found("gone", "10.0.0.1", 22), found("gone", "10.0.0.1", 80)];

  test("are reported as the host if no other port of it answers", () => {
    const wholeHosts = new Set([host("10.0.0.1")]);
    assert.deepEqual(merged(gone, { wholeHosts }), [{ type: "host-gone", ports: [22, 80], addresses: ["10.0.0.1"] }]);
    assert.deepEqual(merged(gone), [{ type: "port-gone", ports: [22, 80], addresses: ["10.0.0.1"] }]);
    const back = found("returned", "10.0.0.1", 22);
    assert.equal(merged([back], { wholeHosts })[0]?.type, "host-returned");
    assert.equal(merged([back])[0]?.type, "port-returned");
  });

  test("are joined with their device", () => {
    const about = device("3c:22:fb:00:00:01", { at: ["10.0.0.1"] });
    assert.deepEqual(
      merged([...gone, ofDevice("device-gone", about)]).map(({ type, ports }) => ({ type, ports })),
      [{ type: "device-gone", ports: [22, 80] }],
    );
    assert.deepEqual(
      merged([found("returned", "10.0.0.1", 22), ofDevice("device-returned", about)]).map(({ type }) => type),
      ["device-returned"],
    );
  });
});

describe("an urgent finding", () => {
  function urgent(discovery: Discovery): boolean {
    const [finding] = mergeFindings(report([section({}, discovery)]));
    return finding?.isUrgent === true;
  }

  test("is exposed, expired, moved, or back after seven days", () => {
    assert.ok(urgent(found("exposed", "10.0.0.1", 22)));
    assert.ok(urgent(found("certificate-expired", "10.0.0.1", 22)));
    assert.ok(urgent(ofDevice("address-moved", phone)));
    const backAfter = (ms: number) => {
      const discovery = found("returned", "10.0.0.1", 22);
      return urgent({ ...discovery, lastSeen: discovery.at - ms });
    };
    assert.ok(backAfter(7 * day));
    assert.ok(!backAfter(7 * day - 1));
    assert.ok(!urgent(found("gone", "10.0.0.1", 22, { lastSeen: 0 })));
    assert.ok(!urgent(ofDevice("device-new", phone)));
  });

  test("comes first", () => {
    const types = merged([found("new", "10.0.0.1", 22), found("returned", "10.0.0.2", 22, { lastSeen: 0 })]);
    assert.deepEqual(
      types.map(({ type }) => type),
      ["port-returned", "new-host"],
    );
  });
});

describe("what is over", () => {
  const detail = "Redis: answers PING (+PONG)";
  const ended = { by: "protected", at: 1 } as const;
  const brief = (...discoveries: readonly Discovery[]) =>
    mergeFindings(report([section({}, ...discoveries)])).map(({ type, isUrgent, ports, ended: over }) => [
      type,
      isUrgent,
      ports.map(({ port }) => port).join(),
      over?.of,
    ]);

  test("is not urgent", () => {
    assert.deepEqual(brief(found("exposed", "10.0.0.1", 6379, { detail, ended })), [["exposed", false, "6379", "all"]]);
    const long = { lastSeen: 0, ended: { by: "gone" } } as const;
    assert.deepEqual(brief(found("returned", "10.0.0.1", 22, long)), [["port-returned", false, "22", "all"]]);
  });

  test("is urgent where the same service has it again, and its detail is not repeated", () => {
    const again = [
      found("exposed", "10.0.0.1", 6379, { detail, ended }),
      found("exposed", "10.0.0.1", 6379, { detail: `${detail}, was protected` }),
    ];
    assert.deepEqual(brief(...again), [["exposed", true, "6379", undefined]]);
    const [finding] = mergeFindings(report([section({}, ...again)]));
    assert.deepEqual(finding?.details, [`${detail}, was protected`]);
  });

  test("is apart from the same on another port", () => {
    const expired = (port: number, more: Partial<Discovery> = {}) =>
      found("certificate-expired", "10.0.0.1", port, { detail: "CN=a", ...more });
    assert.deepEqual(brief(expired(443, { ended: { by: "replaced", at: 1 } }), expired(8443)), [
      ["certificate-expired", true, "8443", undefined],
      ["certificate-expired", false, "443", "all"],
    ]);
  });
});
