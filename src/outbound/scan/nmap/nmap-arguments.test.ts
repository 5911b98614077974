import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatRange, rangeSize } from "../../../core/network.ts";
import { type NmapRequest, understandNmapArguments, understandNmapCommand } from "./nmap-arguments.ts";
import { readNmapTarget } from "./nmap-targets.ts";

function understood(line: string): NmapRequest {
  const result = understandNmapCommand(line, 22, "posix");
  assert.ok(result.kind === "understood", `${line}: ${result.kind === "understood" ? "" : result.what}`);
  return result.request;
}

function refused(line: string): string {
  const result = understandNmapCommand(line, 22, "posix");
  assert.ok(result.kind === "not-understood", line);
  return result.what;
}

function ranges(target: string): string[] | string {
  const read = readNmapTarget(target);
  return read.kind === "ranges" ? read.ranges.map(formatRange) : read.kind;
}

test("the usual command lines are parsed", () => {
  const request = understood(
    "sudo nmap -p {port} --open -n -Pn -sS -T4 --max-retries 2 --min-rate=100 --max-rate 5000 -v --reason --exclude 10.0.0.9,10.0.0.12-14 10.0.0.0/24 web.lan",
  );
  assert.deepEqual(request.ports, [22]);
  assert.deepEqual(request.targets, ["10.0.0.0/24", "web.lan"]);
  assert.deepEqual(request.exclude, ["10.0.0.9", "10.0.0.12-14"]);
  assert.deepEqual(request.names, ["web.lan"]);
  assert.deepEqual(request.ranges.map(formatRange), ["10.0.0.0-10.0.0.255"]);
  assert.deepEqual(request.excludeRanges.map(formatRange), ["10.0.0.9", "10.0.0.12-10.0.0.14"]);
  assert.deepEqual([request.timing, request.maxRetries, request.minRate, request.maxRate], [4, 2, 100, 5000]);
});

test("{port} may be replaced by a port list, and -p may have the ports attached", () => {
  assert.deepEqual(understandNmapCommand("nmap -p {port} a", [80, 81, 443], "posix"), {
    kind: "understood",
    request: { ...understood("nmap -p 80-81,443 a") },
  });
  assert.deepEqual(understood("nmap -p22,80 a").ports, [22, 80]);
  assert.deepEqual(understood("nmap -p T:22 a").ports, [22]);
  assert.equal(understood("nmap a").ports, undefined);
});

test("IPv6 needs -6, as for nmap", () => {
  assert.deepEqual(understood("nmap -6 fd00::/120").ranges.map(formatRange), ["fd00::-fd00::ff"]);
  assert.equal(refused("nmap fd00::1"), 'an IPv6 target without "-6"');
  assert.equal(refused("nmap -6 10.0.0.1"), 'an IPv4 target with "-6"');
});

test("unsupported options are named", () => {
  assert.equal(refused("nmap -sU a"), 'the option "-sU"');
  assert.equal(refused("nmap -sV a"), 'the option "-sV"');
  assert.equal(refused("nmap -oN file a"), 'the option "-oN"');
  assert.equal(refused("nmap -iL hosts.txt"), 'the option "-iL"');
  assert.equal(refused("nmap -p ssh a"), 'the option "-p ssh"');
  assert.equal(refused("nmap --max-rate fast a"), 'the option "--max-rate fast"');
  assert.equal(refused("nmap --script x a"), 'the option "--script"');
  assert.equal(refused("nmap 10.0.0.0/33"), 'the target "10.0.0.0/33"');
  assert.equal(refused("nmap $TARGETS"), '"$TARGETS", which the shell replaces');
  assert.equal(refused("nmap -p {port}"), "a line without targets");
  assert.equal(refused("nmap a -p"), 'the option "-p"');
  assert.equal(refused("nmap a | grep b"), "more than one command in the line");
  assert.equal(refused("masscan a"), "no recognisable call of nmap");
});

test("other arguments are skipped if only the targets are needed", () => {
  const args = (line: string) => line.split(" ").map((text) => ({ text, expands: false }));
  for (const line of [
    "-sV -sC -A -O -F 10.0.0.1",
    "-oX file -oN other 10.0.0.1",
    "--script banner --host-timeout 5m 10.0.0.1",
    "-p ssh,U:53 -sSU 10.0.0.1",
  ]) {
    const result = understandNmapArguments(args(line), "targets");
    assert.ok(result.kind === "understood", line);
    assert.deepEqual(result.request.targets, ["10.0.0.1"]);
  }
  const lists = understandNmapArguments(args("-iL hosts --excludefile f 10.0.0.1/x"), "targets");
  assert.ok(lists.kind === "understood");
  assert.deepEqual(lists.request.targetFiles, ["hosts"]);
  assert.deepEqual(lists.request.excludeFiles, ["f"]);
  assert.deepEqual(lists.request.oddTargets, ["10.0.0.1/x"]);
  assert.equal(understandNmapArguments(args("-iL - 10.0.0.1"), "targets").kind, "not-understood");
  assert.equal(understandNmapArguments(args("-iR 100"), "targets").kind, "not-understood");
});

test("octet lists become ranges", () => {
  assert.deepEqual(ranges("10.0.0-1.1-254"), ["10.0.0.1-10.0.0.254", "10.0.1.1-10.0.1.254"]);
  assert.deepEqual(ranges("10.0.*.1")?.length, 256);
  assert.deepEqual(ranges("10.0.*.*"), ["10.0.0.0-10.0.255.255"]);
  assert.deepEqual(ranges("10.0.0.1,3,9-"), ["10.0.0.1", "10.0.0.3", "10.0.0.9-10.0.0.255"]);
  assert.deepEqual(ranges("10.0.0.-2"), ["10.0.0.0-10.0.0.2"]);
  assert.deepEqual(ranges("-.-.-.-"), ["0.0.0.0-255.255.255.255"]);
  assert.deepEqual(ranges("10.1-2.*.*"), ["10.1.0.0-10.2.255.255"]);
});

test("anything that is not a target, or has too many ranges, is rejected", () => {
  for (const text of [
    "10.0.0",
    "10.0.0.256",
    "10.0.0.9-1",
    "10.0.0.0/33",
    "10.*.*.1",
    "web/24",
    "1.2.3.4.5",
    "",
    "-",
    "a b",
  ]) {
    assert.equal(ranges(text), "other", text);
  }
  assert.equal(ranges("web.lan"), "name");
});

test("any octet list holds as many addresses as the product of its octets", () => {
  const octet = fc.oneof(
    fc.integer({ min: 0, max: 255 }).map((value) => ({ text: String(value), count: 1 })),
    fc
      .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }))
      .map(([a, b]) => ({ text: `${Math.min(a, b)}-${Math.max(a, b)}`, count: Math.abs(a - b) + 1 })),
    fc.constant({ text: "*", count: 256 }),
  );
  fc.assert(
    fc.property(fc.tuple(octet, octet, octet, octet), (octets) => {
      const read = readNmapTarget(octets.map(({ text }) => text).join("."));
      if (read.kind === "other") return;
      assert.ok(read.kind === "ranges" && read.ranges.length <= 1024);
      const size = read.ranges.reduce((sum, range) => sum + rangeSize(range), 0n);
      assert.equal(size, BigInt(octets.reduce((product, { count }) => product * count, 1)));
    }),
  );
});

test("any target and any line are read without an exception", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .array(fc.constantFrom(..."0129.,-*/:af p".split(""), "nmap ", "-p", "--exclude "), { maxLength: 30 })
      .map((p) => p.join("")),
  );
  fc.assert(
    fc.property(text, (line) => {
      const read = readNmapTarget(line);
      if (read.kind === "ranges") assert.ok(read.ranges.length <= 1024);
      const result = understandNmapCommand(`nmap ${line}`, 22, "posix");
      if (result.kind === "understood") assert.ok(result.request.targets.length > 0);
    }),
    { numRuns: 1000 },
  );
});
