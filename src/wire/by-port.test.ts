import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../test/wire/messages.ts";
import { identifyByPort, rexecSecrets } from "./by-port.ts";
import { identify } from "./identify.ts";

const at = (port: number, said: string) => identifyByPort(port, text(said), identify(text(said)));

describe("first bytes at a port of their own", () => {
  test("a bare line is a query of whois, finger or gopher there, and a text elsewhere", () => {
    assert.deepEqual(at(43, "example.org\r\n"), { protocol: "whois", complete: true, whois: { query: "example.org" } });
    assert.deepEqual(at(79, "/W root@inner\r\n").finger, { query: "root@inner", verbose: true });
    assert.deepEqual(at(79, "\r\n").finger, { query: "" });
    assert.deepEqual(at(70, "/search\tmoon\r\n").gopher, { selector: "/search", search: "moon" });
    assert.equal(at(8080, "example.org\r\n").protocol, "unknown");
  });

  test("another protocol is what it is at every port", () => {
    assert.equal(at(43, "GET / HTTP/1.0\r\n\r\n").protocol, "http");
    assert.equal(at(79, "\u0016\u0003\u0001").protocol, "unknown");
    assert.equal(at(70, "a\r\nb\r\n").protocol, "unknown");
  });

  test("the third text of rexec is a password", () => {
    const said = "0\0alice\0s3cret\0id\0";
    assert.deepEqual(at(512, said).rexec, { user: "alice", command: "id" });
    assert.equal(at(514, said).protocol, "rsh");
    assert.deepEqual(rexecSecrets(text(said)), [{ start: 8, end: 14, text: "s3cret" }]);
  });
});
