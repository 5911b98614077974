import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { ConnectionLines, type FoundConnection } from "./lines.ts";
import { readConnectionRecord } from "./parse.ts";

function read(text: string): readonly FoundConnection[] {
  const lines = new ConnectionLines();
  return [...text.split("\n").flatMap((line, index) => lines.write(index + 1, line)), ...lines.end()];
}

function only(text: string) {
  const [found, ...others] = read(text);
  assert.equal(others.length, 0);
  assert.ok(found?.kind === "connection");
  return found.connection;
}

const alert = `Timestamp: 2026-01-31T08:00:00+01:00
Peer IP: 89.160.20.112
Port: 51234
rDNS: -
Country: SE / Sweden
BytesIn/Probe: 84 in 12ms
Detected: http
HTTP: GET /admin?x=1 HTTP/1.1
Host: shop.example
User-Agent: curl/8.5.0
SNI: -
ALPN: -
Payload (text, 84B):
GET /admin?x=1 HTTP/1.1
  Host: shop.example
Org: -
Provider: -
Local: 192.0.2.1:1417
Suppressed (since last notify for this IP): 0
`;

test("the text of an alert is one connection", () => {
  const { identification, payload, ...connection } = only(alert);
  equalFacts(connection, {
    at: Date.UTC(2026, 0, 31, 7),
    peer: { address: "89.160.20.112", port: 51234 },
    local: { address: "192.0.2.1", port: 1417 },
    end: "heard",
    durationMs: 12,
    bytes: 84,
    phase: "client-first",
  });
  assert.equal(payload.length, 0);
  equalFacts(identification, {
    protocol: "http",
    complete: true,
    http: { method: "GET", path: "/admin?x=1", host: "shop.example", userAgent: "curl/8.5.0", version: "1.1" },
  });
});

test("consecutive alerts, also after the name of a container, are distinguished", () => {
  const found = read(`${alert}\n${alert.replaceAll(/^/gm, "portwatcher-1  | ")}`);
  equalFacts(
    found.map(({ kind, line }) => [kind, line]),
    [
      ["connection", 1],
      ["connection", 21],
    ],
  );
});

test("a line of pairs after a time is read, and other log lines are skipped", () => {
  const log = `2026-01-31 08:00:00,123 INFO listening on 0.0.0.0:1417
2026-01-31T08:00:01Z INFO connection peer=[2001:db8::7]:40000 local=192.0.2.1:1417 bytes=0 detected=none
`;
  const connection = only(log);
  equalFacts(
    [connection.at, connection.peer, connection.bytes, connection.phase, connection.identification.protocol],
    [Date.UTC(2026, 0, 31, 8, 0, 1), { address: "2001:db8::7", port: 40000 }, 0, "silent", "none"],
  );
});

test("a record of our own keeps its id and its bytes", () => {
  const payload = Buffer.from("SSH-2.0-Go\r\n").toString("base64");
  const line = {
    time: "2026-01-31T07:00:00.000Z",
    peer: { address: "192.0.2.7", port: 1 },
    local: { address: "10.0.0.1", port: 22 },
    bytes: 12,
    payload,
    id: "0123456789abcdef",
  };
  const connection = only(JSON.stringify(line));
  equalFacts(
    [connection.id, connection.identification.protocol, connection.local.port],
    ["0123456789abcdef", "ssh", 22],
  );
});

test("a record without a time, or whose peer is not an address, is an error", () => {
  assert.equal(readConnectionRecord({ peer_ip: "192.0.2.7" }).kind, "bad");
  assert.equal(readConnectionRecord({ peer_ip: "somebody", time: "2026-01-31T07:00:00Z" }).kind, "bad");
  assert.equal(readConnectionRecord({ message: "started" }).kind, "nothing");
});

test("any lines and any values are read without an exception, and give valid endpoints only", () => {
  const part = fc.constantFrom(
    "Timestamp: ",
    "Peer IP: ",
    "2026-01-31T08:00:00Z",
    "192.0.2.7",
    "Port: 7",
    "peer=",
    "local=",
    "{",
    "}",
    "\n",
    '"',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string())), fc.jsonValue(), (parts, value) => {
      const readings = [...read(parts.join("")), readConnectionRecord(value)];
      for (const reading of readings) {
        if (reading.kind !== "connection") continue;
        const { peer, local, at } = reading.connection;
        assert.ok(peer.port >= 0 && peer.port <= 65_535 && local.port >= 0 && local.port <= 65_535);
        assert.ok(Number.isFinite(at));
      }
    }),
  );
});
