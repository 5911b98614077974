import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { recognise } from "./recognise.ts";

const heads = [
  ["nmap-xml", '<?xml version="1.0"?>\n<!DOCTYPE nmaprun>\n<nmaprun scanner="nmap">'],
  [
    "nmap-grepable",
    "# Nmap 7.93 scan initiated Sun Nov 29 00:12:12 2026 as: nmap -oG -\nHost: 10.0.0.1 ()\tStatus: Up\n",
  ],
  ["masscan-json", '[\n{   "ip": "10.0.0.1",   "timestamp": "1700000000", "ports": [ {"port": 80} ] }\n,\n'],
  ["masscan-list", "#masscan\nopen tcp 80 10.0.0.1 1700000000\n"],
  ["naabu-json", '{"host":"web.lan","ip":"10.0.0.1","port":443,"protocol":"tcp","tls":false}\n'],
  ["scan-json", '{"address":"10.0.0.1","port":22,"state":"open"}\n'],
  ["watchyourlan-json", '[{"id":1,"name":"","ip":"10.0.0.1","mac":"02:00:00:00:00:20","hw":"x","known":0}]'],
  ["netalertx-csv", '"devMac","devName"\n"02:00:00:00:00:20","x"\n'],
  ["portwatcher-env", "# the decoy\nPW_PORT=1417\n"],
  ["harbinger-yaml", "email:\n  smtp_server: x\n\nport_ssh:\n  port: 22\n"],
  ["portwatcher-log", "Timestamp: 2026-01-31T08:00:00+01:00\nPeer IP: 192.0.2.7\n"],
  [
    "portwatcher-log",
    '{"time":"2026-01-31T07:00:00Z","peer":{"address":"192.0.2.7","port":1},"local":{"address":"10.0.0.1","port":22}}\n',
  ],
] as const;

test("each format is recognised by its beginning, also after a byte order mark", () => {
  for (const [format, head] of heads) {
    assert.deepEqual(recognise(Buffer.from(head)), { kind: "format", format });
    assert.deepEqual(recognise(Buffer.from(`\ufeff${head}`)), { kind: "format", format });
  }
  assert.deepEqual(recognise(Buffer.from("SQLite format 3\0")), { kind: "database" });
});

test("an object that is longer than the limit is recognised by its first names", () => {
  const head = `{"ip":"10.0.0.1","ports":[{"port":22}],"x":"${"y".repeat(100_000)}"}`;
  assert.deepEqual(recognise(Buffer.from(head)), { kind: "format", format: "masscan-json" });
});

test("any bytes are read without an exception", () => {
  const part = fc.oneof(
    fc.constantFrom(...heads.map(([, head]) => head.slice(0, 20)), "{", '"ip":', "\n"),
    fc.string(),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.array(part).map((parts) => Buffer.from(parts.join(""))),
      ),
      (head) => {
        recognise(head);
      },
    ),
  );
});
