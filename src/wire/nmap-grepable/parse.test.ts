import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readGrepableLine } from "./parse.ts";

test("a host gives its open TCP ports with nmap's details", () => {
  const line =
    "Host: 10.0.0.1 (web.lan)\tPorts: 22/open/tcp//ssh//OpenSSH 9.2p1/, 80/closed/tcp//http///, 443/open/tcp//ssl|http//nginx/, 53/open/udp//domain///\tIgnored State: filtered (3)";
  assert.deepEqual(readGrepableLine(line), {
    kind: "sightings",
    sightings: [
      { address: "10.0.0.1", port: 22, hostname: "web.lan", service: { name: "ssh", product: "OpenSSH 9.2p1" } },
      { address: "10.0.0.1", port: 443, hostname: "web.lan", service: { name: "ssl/http", product: "nginx" } },
    ],
  });
});

test("the time of a run is local time, and a host without ports gives no sightings", () => {
  assert.deepEqual(
    readGrepableLine("# Nmap 7.93 scan initiated Sun Nov 29 00:12:12 2026 as: nmap -oG - -p 22 10.0.0.0/24"),
    { kind: "started", at: new Date(2026, 10, 29, 0, 12, 12).getTime() },
  );
  assert.deepEqual(readGrepableLine("Host: 10.0.0.1 ()\tStatus: Up"), { kind: "nothing" });
  assert.equal(readGrepableLine("Nmap scan report for 10.0.0.1").kind, "bad");
});

test("any line is read without an exception, and gives valid endpoints only", () => {
  const part = fc.constantFrom(
    "Host: 10.0.0.1 ()",
    "\tPorts: ",
    "22/open/tcp//ssh//x/",
    "0/open/tcp////",
    ", ",
    "/",
    "|",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string())), (parts) => {
      const reading = readGrepableLine(parts.join(""));
      if (reading.kind !== "sightings") return;
      for (const { port } of reading.sightings) assert.ok(port >= 1 && port <= 65_535);
    }),
  );
});
