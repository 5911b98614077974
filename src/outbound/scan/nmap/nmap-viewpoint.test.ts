import assert from "node:assert/strict";
import { test } from "node:test";
import { findNmapCall } from "./nmap-call.ts";
import { looksFromHere } from "./nmap-viewpoint.ts";

function fromHere(line: string): boolean {
  return looksFromHere(findNmapCall(line, "posix"));
}

test("a usual command line looks from here", () => {
  for (const line of [
    "nmap -sS -n -Pn -p 22 10.0.0.0/24",
    "sudo -n -u scanner /usr/bin/nmap -sS -p 22 --scan-delay 1s -D 10.0.0.1,ME 10.0.0.0/24",
    "cd /tmp && LC_ALL=C timeout 60 nmap -p 22 $TARGETS | tee log",
    "nmap -6 --exclude fd00::1 -p 22 fd00::/120",
  ]) {
    assert.ok(fromHere(line), line);
  }
});

test("another network, a proxy or a way of asking of its own is elsewhere", () => {
  for (const line of [
    "ip netns exec lan nmap -p 22 10.0.0.0/24",
    "sudo ip vrf exec red nmap -p 22 10.0.0.0/24",
    "sudo /usr/bin/nsenter -t 1 -n nmap -p 22 10.0.0.0/24",
    "proxychains4 -q nmap -sT -p 22 10.0.0.0/24",
    "nmap -e tun0 -p 22 10.0.0.0/24",
    "nmap -g53 -p 22 10.0.0.0/24",
    "nmap --source-port 53 -p 22 10.0.0.0/24",
    "nmap -sI zombie -p 22 10.0.0.0/24",
    "nmap --proxies=socks4://127.0.0.1:9050 -p 22 10.0.0.0/24",
  ]) {
    assert.ok(!fromHere(line), line);
  }
});

test("where it cannot be told, it is elsewhere", () => {
  for (const line of ["ssh scanner nmap -p 22 10.0.0.0/24", "for a in b c; do nmap $a; done", "/opt/scan.sh"]) {
    assert.ok(!fromHere(line), line);
  }
});
