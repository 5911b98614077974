import assert from "node:assert/strict";
import { test } from "node:test";
import { findNmapCall, type NmapCall, withXmlFile, xmlPlace } from "./nmap-call.ts";

function call(line: string): NmapCall {
  const found = findNmapCall(line, "posix");
  assert.ok(found.kind === "call", line);
  return found.call;
}

test("the call is found wherever a program can be in the line", () => {
  for (const line of [
    "nmap -p 22 host",
    "/usr/local/bin/nmap -p 22 host",
    "sudo nmap -p 22 host",
    "sudo -n -u scanner nmap -p 22 host",
    "LC_ALL=C nmap -p 22 host",
    "env LC_ALL=C nice -n 10 nmap -p 22 host",
    "timeout 60 nmap -p 22 host",
    "ip netns exec lan nmap -p 22 host",
    "cd /tmp && nmap -p 22 host | tee x > y 2>&1",
    "! nmap -p 22 host",
  ]) {
    assert.deepEqual(
      call(line).args.map(({ text }) => text),
      ["-p", "22", "host"],
      line,
    );
  }
});

test("a line in which it cannot be found is not changed", () => {
  for (const line of [
    "ssh scanner nmap -p 22 host",
    "sh -c 'nmap -p 22 host'",
    "nmap a; nmap b",
    "for a in b c; do nmap $a; done",
    "if true; then nmap a; fi",
    "sudo -u nmap nmap a",
    "xargs nmap -p 22",
    "$NMAP -p 22 host",
    "scanner --port 22",
    "",
  ]) {
    assert.equal(findNmapCall(line, "posix").kind, "unclear", line);
  }
});

test("only a call without other commands has the line's exit status", () => {
  assert.equal(call("nmap a > b").isAlone, true);
  assert.equal(call("sudo nmap a").isAlone, true);
  for (const line of ["nmap a | b", "a && nmap b", "(nmap a)", "nmap a &", "nmap a; b"]) {
    assert.equal(call(line).isAlone, false, line);
  }
});

test("the path of the XML is read from the line's own options", () => {
  assert.deepEqual(xmlPlace(call("nmap a")), { kind: "add" });
  assert.deepEqual(xmlPlace(call("nmap -oN x -oG y a")), { kind: "add" });
  assert.deepEqual(xmlPlace(call("nmap -oX 'my file' a")), { kind: "file", file: "my file" });
  assert.deepEqual(xmlPlace(call("nmap --oX=f.xml a")), { kind: "file", file: "f.xml" });
  assert.deepEqual(xmlPlace(call("nmap a -oA base")), { kind: "file", file: "base.xml" });
  assert.deepEqual(xmlPlace(call("nmap -oX - a")), { kind: "stdout" });
  assert.deepEqual(xmlPlace(call("nmap -oX a -oX b c")), { kind: "file", file: "b" });
  for (const line of ["nmap -oX $F a", "nmap -oX %D.xml a", "nmap --append-output -oX f a"]) {
    assert.equal(xmlPlace(call(line)).kind, "unclear", line);
  }
});

test("the file is added only to the call", () => {
  for (const [line, expected] of [
    ["nmap a", "nmap -oX /tmp/x a"],
    ["echo nmap's | cat", undefined],
    ["echo 'a' && sudo nmap a | grep b", "echo 'a' && sudo nmap -oX /tmp/x a | grep b"],
    ["'nmap' a", "'nmap' -oX /tmp/x a"],
  ] as const) {
    const found = findNmapCall(line, "posix");
    assert.equal(found.kind === "call" ? withXmlFile(line, found.call, "/tmp/x") : undefined, expected);
  }
  assert.equal(withXmlFile("nmap a", call("nmap a"), "/tmp/a b/x"), "nmap -oX '/tmp/a b/x' a");
});
