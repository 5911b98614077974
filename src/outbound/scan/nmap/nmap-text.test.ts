import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nmapComplaints } from "./nmap-complaints.ts";
import { readNmapText } from "./nmap-text.ts";

const text = `Starting Nmap 7.93 ( https://nmap.org ) at 2026-11-22 21:41 UTC
Nmap scan report for web.lan (10.0.0.1)
Host is up (0.000061s latency).

PORT     STATE         SERVICE
22/tcp   open          ssh
80/tcp   open|filtered http
443/tcp  closed        https
8080/tcp open          http-proxy
22/udp   open          ssh
MAC Address: D2:A4:E3:9D:EE:04 (Some Vendor)

Nmap scan report for fd00::1
PORT   STATE SERVICE
22/tcp open  ssh

Nmap scan report for dead.lan (10.0.0.9) [host down]

Nmap done: 3 IP addresses (2 hosts up) scanned in 0.08 seconds
`;

test("hosts and their open watched ports are read", () => {
  assert.deepEqual(readNmapText(text, [22, 80, 443]), {
    hosts: [
      {
        address: "10.0.0.1",
        hostname: "web.lan",
        mac: "d2:a4:e3:9d:ee:04",
        vendor: "Some Vendor",
        openPorts: [{ port: 22, service: { name: "ssh" } }],
        notOpen: new Map([[443, "refused"]]),
        timedOut: false,
        handshakesCompleted: false,
      },
      {
        address: "fd00::1",
        openPorts: [{ port: 22, service: { name: "ssh" } }],
        timedOut: false,
        handshakesCompleted: false,
      },
      { address: "10.0.0.9", hostname: "dead.lan", openPorts: [], timedOut: false, handshakesCompleted: false },
    ],
    complete: true,
    hostsTotal: 3,
  });
});

test("cut off anywhere before its last line, it is incomplete and nothing is invented", () => {
  const whole = readNmapText(text, [22]).hosts.flatMap(({ address, openPorts }) =>
    openPorts.length > 0 ? [address] : [],
  );
  for (let length = 0; length < text.indexOf("Nmap done: 3 IP address"); length++) {
    const { hosts, complete } = readNmapText(text.slice(0, length), [22]);
    assert.equal(complete, false);
    const open = hosts.filter(({ openPorts }) => openPorts.length > 0).map(({ address }) => address);
    assert.deepEqual(open, whole.slice(0, open.length));
  }
});

test("two runs need two ends", () => {
  assert.equal(readNmapText(text + text, [22]).complete, true);
  assert.equal(readNmapText(text + text, [22]).hostsTotal, 6);
  assert.equal(readNmapText(`${text}Starting Nmap 7.93\n`, [22]).complete, false);
});

test("any text is read without an exception", () => {
  const lines = fc.constantFrom(
    ...text.split("\n"),
    "Nmap scan report for (x)",
    "99999/tcp open",
    "MAC Address: x",
    "",
  );
  const any = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(lines, { maxLength: 20 }).map((list) => list.join("\n")),
  );
  fc.assert(
    fc.property(any, (output) => {
      for (const { openPorts } of readNmapText(output, [22, 80]).hosts) assert.ok(openPorts.length <= 2);
      const { gaps, notes } = nmapComplaints(output);
      assert.ok(gaps.length <= 5 && notes.length <= 5);
    }),
  );
});

test("nmap's error messages are distinguished from the output of scripts", () => {
  assert.deepEqual(
    nmapComplaints(
      'Failed to resolve "x".\n| Failed to resolve "y".\n|_ Network is unreachable\nNote: Host seems down. Try -Pn\nFailed to resolve "x".\n',
    ),
    { gaps: ['Failed to resolve "x".'], notes: ["Note: Host seems down. Try -Pn"], unresolved: ["x"] },
  );
});
