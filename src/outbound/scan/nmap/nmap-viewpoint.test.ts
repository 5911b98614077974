import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { findNmapCall } from "./nmap-call.ts";
import { lineLooksLocal, looksFromHere, staysInOurFolder } from "./nmap-viewpoint.ts";

function fromHere(line: string): boolean {
  return looksFromHere(findNmapCall(line, "posix"));
}

test("a usual command line scans from this machine", () => {
  for (const line of [
    "nmap -sS -n -Pn -p 22 10.0.0.0/24",
    "sudo -n -u scanner /usr/bin/nmap -sS -p 22 --scan-delay 1s -D 10.0.0.1,ME 10.0.0.0/24",
    "cd /tmp && LC_ALL=C timeout 60 nmap -p 22 $TARGETS | tee log",
    "nmap -6 --exclude fd00::1 -p 22 fd00::/120",
  ]) {
    assert.ok(fromHere(line), line);
  }
});

test("another network, a proxy or a custom scan method is another place", () => {
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

test("an unclear line counts as another place", () => {
  for (const line of ["ssh scanner nmap -p 22 10.0.0.0/24", "for a in b c; do nmap $a; done", "/opt/scan.sh"]) {
    assert.ok(!fromHere(line), line);
  }
});

test("a line counts as another place if any command in it does", () => {
  for (const line of [
    "ssh scanner nmap -p 22 10.0.0.0/24",
    "for a in b c; do ssh $a scan; done | sort",
    "sudo -n ip netns exec lan ./scan.sh",
    "sh -c 'cd /; proxychains scan 10.0.0.1'",
    "docker run --rm scanner 10.0.0.0/24",
    "nmap -p 22 -e tun0 $(cat list)",
  ]) {
    assert.ok(!lineLooksLocal(line), line);
  }
  for (const line of [
    "for a in b c; do nmap -p 22 $a; done",
    "nmap -p 22 10.0.0.1; nmap -p 22 10.0.0.2",
    "nmap -p 22 -oG - 10.0.0.0/24 | awk '/ssh/ {print $2}' | grep -e 10",
    "./scan.sh --via ssh",
    "sh -c 'nmap -p 22 10.0.0.1'",
  ]) {
    assert.ok(lineLooksLocal(line), line);
  }
});

test("a line that changes its folder is detected", () => {
  assert.ok(!staysInOurFolder("(cd /tmp; nmap -iL list)"));
  assert.ok(staysInOurFolder("nmap -iL list | grep cd"));
});

test("any line has a viewpoint", () => {
  const pieces = fc.constantFrom(
    "nmap ",
    "ssh ",
    "sh -c ",
    "'",
    '"',
    ";",
    "|",
    "$(",
    ")",
    "`",
    "\n",
    "sudo ",
    "-e ",
    "a=b ",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.array(pieces).map((each) => each.join("")),
      ),
      (line) => {
        assert.equal(typeof lineLooksLocal(line), "boolean");
      },
    ),
  );
});
