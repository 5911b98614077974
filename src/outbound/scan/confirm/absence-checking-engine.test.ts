import assert from "node:assert/strict";
import { test } from "node:test";
import { openPort } from "../../../../test/harness/open-port.ts";
import { engineContract } from "../../../../test/scan/engine-contract.ts";
import { type Address, parseAddress } from "../../../core/address.ts";
import type { Endpoint } from "../../../core/connection.ts";
import { type Coverage, coverageTest, maxExceptions } from "../../../core/coverage.ts";
import { parseRange } from "../../../core/network.ts";
import { OwnPorts } from "../../../core/own-ports.ts";
import { everyPort, type Port } from "../../../core/ports.ts";
import type { ScanEngine, ScanResult, Silence } from "../../../core/scan-engine.ts";
import type { Sighting } from "../../../core/sighting.ts";
import { findProgram } from "../../../platform/programs.ts";
import type { CommandPlan } from "../command/command-engine.ts";
import { NmapEngine } from "../nmap/nmap-engine.ts";
import { AbsenceCheckingEngine, type AbsenceCheckingEngineOptions } from "./absence-checking-engine.ts";

const onLinux = process.platform === "linux" ? undefined : "needs all of 127.0.0.0/8, which only Linux has";
const posix = { skip: onLinux ?? false };

engineContract(
  "nmap with a probe of what it does not report",
  () => ({
    engine: new AbsenceCheckingEngine({ engine: new NmapEngine() }),
    planFor: (addresses) => ({
      engine: "nmap",
      commandLine: `nmap -n -Pn -T4 -p {port} ${addresses.join(" ")}`,
      timeoutMs: 30_000,
    }),
  }),
  { skip: onLinux ?? (findProgram("nmap") === undefined ? "nmap is not installed" : undefined) },
);

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

const network = parseRange("127.91.0.0/16");
assert.ok(network !== undefined);
const everywhere = network;

function ranges(ports: readonly Port[]): Coverage {
  return { kind: "ranges", ranges: [everywhere], ports, except: [] };
}

interface Given extends Omit<AbsenceCheckingEngineOptions<CommandPlan>, "engine"> {
  readonly known: readonly Endpoint[];
  readonly ports: readonly Port[];
  readonly reported?: readonly Endpoint[];
  readonly silence?: Partial<Silence>;
  readonly result?: Partial<ScanResult>;
  readonly signal?: AbortSignal;
}

/** A scan of a watch that knows some endpoints, by a scanner that reports some. */
async function scan(given: Given) {
  const { known, ports, reported = [], silence, result: override, signal, ...options } = given;
  const engine: ScanEngine<CommandPlan> = {
    async scan(_job, observer) {
      if (reported.length > 0) await observer.sighted(reported);
      return {
        status: "complete",
        engine: "nmap",
        coverage: { kind: "all" },
        notes: [],
        silence: { requested: ranges(ports), isProof: () => false, isFromHere: true, ...silence },
        ...override,
      };
    },
  };
  const seen: Sighting[] = [];
  const result = await new AbsenceCheckingEngine({ ...options, engine }).scan(
    {
      plan: { engine: "command", commandLine: "", timeoutMs: 1000 },
      ports,
      async *known() {
        yield known;
      },
    },
    {
      async sighted(batch) {
        seen.push(...batch);
      },
    },
    signal ?? new AbortController().signal,
  );
  assert.equal(result.silence, undefined);
  return { seen, result, covers: coverageTest(result.coverage) };
}

async function closedPort(host: string): Promise<Port> {
  await using server = await openPort(host);
  return server.port;
}

test("a known port that is closed is missed, and the scan is complete", posix, async () => {
  const port = await closedPort("127.91.0.1");
  const gone = { address: address("127.91.0.1"), port };
  const { seen, result, covers } = await scan({ known: [gone], ports: [port] });
  assert.deepEqual(seen, []);
  assert.equal(result.status, "complete", result.reason);
  assert.equal(covers(gone.address, port), true);
});

test("a known port that completes a handshake is present, although the scanner did not report it", posix, async () => {
  await using server = await openPort("127.91.0.2");
  const { port } = server;
  const { seen, result } = await scan({ known: [{ address: address("127.91.0.2"), port }], ports: [port] });
  assert.deepEqual(seen, [{ address: "127.91.0.2", port }]);
  assert.equal(result.status, "complete");
  assert.deepEqual(result.notes, [
    `1 known open port that nmap did not report completed a handshake, so not gone: 127.91.0.2:${port}`,
  ]);
});

test("where the targets are not known exactly, an open port is neither sighted nor missed", posix, async () => {
  await using server = await openPort("127.91.0.3");
  const { port } = server;
  const closed = await closedPort("127.91.0.3");
  const host = address("127.91.0.3");
  const { seen, result, covers } = await scan({
    known: [
      { address: host, port },
      { address: host, port: closed },
    ],
    ports: [port, closed],
    silence: { requested: { kind: "all" } },
  });
  assert.deepEqual(seen, []);
  assert.equal(result.status, "complete");
  assert.equal(covers(host, port), false);
  assert.equal(covers(host, closed), true);
});

test("an endpoint that was reported or was not requested is not probed", posix, async () => {
  await using reported = await openPort("127.91.0.4");
  await using elsewhere = await openPort("127.92.0.4", reported.port);
  const { port } = reported;
  const known = [
    { address: address("127.91.0.4"), port },
    { address: address("127.92.0.4"), port },
  ];
  const { covers } = await scan({ known, ports: [port], reported: known.slice(0, 1) });
  assert.deepEqual([reported.accepted, elsewhere.accepted], [0, 0]);
  assert.equal(covers(address("127.92.0.4"), port), false);
});

test("a broadcast address that was recorded once counts as closed", posix, async () => {
  const known = [{ address: address("255.255.255.255"), port: 22 }];
  const { result, covers } = await scan({ known, ports: [22], silence: { requested: { kind: "all" } } });
  assert.equal(result.status, "complete", result.reason);
  assert.equal(covers(address("255.255.255.255"), 22), true);
});

test(
  "an endpoint that this machine cannot probe is not missed, and the result contains the reason",
  posix,
  async () => {
    // The loopback interface has no link-local network: no route, and nothing is sent.
    const lost = { address: address("fe80::1%lo"), port: 22 };
    const { result, covers } = await scan({ known: [lost], ports: [22], silence: { requested: { kind: "all" } } });
    assert.equal(result.status, "partial");
    assert.match(
      result.reason ?? "",
      /^1 known endpoint that nmap did not report could not be probed, because .* \(E[A-Z]+\): \[fe80::1%lo\]:22$/,
    );
    assert.equal(covers(lost.address, 22), false);
  },
);

test("silence of a scanner in another place counts only if it reports what it probed", posix, async () => {
  await using server = await openPort("127.91.0.5");
  const { port } = server;
  const known = ["127.91.0.5", "127.91.0.6"].map((text) => ({ address: address(text), port }));
  const { result, covers } = await scan({
    known,
    ports: [port],
    silence: { isFromHere: false, isProof: (host) => host === "127.91.0.6" },
  });
  assert.equal(server.accepted, 0);
  assert.equal(result.status, "partial");
  assert.match(result.reason ?? "", /scans from another place.*-Pn and without --open.*127\.91\.0\.5:/);
  assert.deepEqual(
    known.map((each) => covers(each.address, port)),
    [false, true],
  );
});

test("an endpoint in scope.exclude is not contacted and not missed", posix, async () => {
  await using server = await openPort("127.91.0.7");
  const { port } = server;
  const { result, covers } = await scan({
    known: [{ address: address("127.91.0.7"), port }],
    ports: [port],
    exclude: [everywhere],
  });
  assert.equal(server.accepted, 0);
  assert.equal(result.status, "partial");
  assert.equal(covers(address("127.91.0.7"), port), false);
});

test("an own decoy is not contacted, and counts as closed", posix, async () => {
  await using decoy = await openPort("127.91.0.8");
  const { port } = decoy;
  const own = { address: address("127.91.0.8"), port };
  const { seen, result } = await scan({ known: [own], ports: [port], own: () => new OwnPorts([own], () => true) });
  assert.equal(decoy.accepted, 0);
  assert.deepEqual(seen, []);
  assert.equal(result.status, "complete");
});

test(
  "a host on which every port answered is missed only when one of its ports was probed and does not answer",
  posix,
  async () => {
    await using first = await openPort("127.91.0.9");
    await using second = await openPort("127.91.0.9");
    const closed = await closedPort("127.91.0.9");
    const host = { address: address("127.91.0.9"), port: everyPort };
    const open = await scan({ known: [host], ports: [first.port, second.port] });
    assert.equal(open.covers(host.address, everyPort), false);
    const fewer = await scan({ known: [host], ports: [first.port, closed] });
    assert.equal(fewer.covers(host.address, everyPort), true);
  },
);

test("with more such endpoints than a coverage can except, absence is not concluded", posix, async () => {
  const known = Array.from({ length: maxExceptions + 1 }, (_, index) => ({
    address: address(`127.91.${index >> 8}.${index & 255}`),
    port: 22,
  }));
  const { result } = await scan({ known, ports: [22], silence: { isFromHere: false } });
  assert.deepEqual(result.coverage, { kind: "none" });
  assert.equal(result.status, "partial");
});

test("after a failed scan nothing is probed", posix, async () => {
  await using server = await openPort("127.91.0.10");
  const { port } = server;
  const { result } = await scan({
    known: [{ address: address("127.91.0.10"), port }],
    ports: [port],
    result: { status: "failed", coverage: { kind: "none" }, reason: "it broke" },
  });
  assert.equal(server.accepted, 0);
  assert.equal(result.status, "failed");
});

test("an aborted scan concludes no absence", posix, async () => {
  const { result } = await scan({
    known: [{ address: address("127.91.0.11"), port: 22 }],
    ports: [22],
    signal: AbortSignal.abort(),
  });
  assert.deepEqual(result.coverage, { kind: "none" });
});
