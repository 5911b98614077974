import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { hex, text } from "../../../test/wire/messages.ts";
import { identify } from "../identify.ts";
import { nmapProbes } from "./nmap-probes.ts";
import { payloadMarks } from "./payload-marks.ts";
import { pathMarks, rdpCookieMarks, sshMarks, userAgentMarks } from "./text-marks.ts";

function get(path: string, userAgent: string): Uint8Array {
  return text(`GET ${path} HTTP/1.1\r\nHost: 192.0.2.1\r\nUser-Agent: ${userAgent}\r\n\r\n`);
}

describe("scanners", () => {
  test("user agents of scanners, as they are sent", () => {
    const agents = [
      ["Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)", "nmap"],
      ["masscan/1.3 (https://github.com/robertdavidgraham/masscan)", "masscan"],
      ["Mozilla/5.0 zgrab/0.x", "zgrab"],
      ["Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)", "censys"],
      ["Mozilla/5.0 (compatible; InternetMeasurement/1.0; +https://internet-measurement.com/)", "internet-measurement"],
      ["Expanse, a Palo Alto Networks company, searches across the global IPv4 space", "expanse"],
      ["sqlmap/1.8#stable (https://sqlmap.org)", "sqlmap"],
      ["Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)", "nikto"],
      ["Fuzz Faster U Fool v2.1.0", "ffuf"],
      ["gobuster/3.6", "gobuster"],
    ] as const;
    for (const [agent, scanner] of agents) {
      const { scanner: found, probe } = identify(get("/", agent));
      assert.deepEqual({ found, probe }, { found: scanner, probe: "user-agent" });
    }
  });

  test("tools, libraries and browsers are not scanners", () => {
    for (const agent of [
      "curl/8.5.0",
      "Wget/1.21",
      "python-requests/2.31.0",
      "Go-http-client/1.1",
      "Mozilla/5.0 (X11)",
    ]) {
      assert.equal(identify(get("/", agent)).scanner, undefined, agent);
    }
    assert.equal(identify(text("GET / HTTP/1.0\r\n\r\n")).scanner, undefined);
    assert.equal(identify(text("OPTIONS / HTTP/1.0\r\n\r\n")).scanner, undefined);
  });

  test("paths that only nmap requests", () => {
    const found = identify(text("GET /nice%20ports%2C/Tri%6Eity.txt%2ebak HTTP/1.0\r\n\r\n"));
    assert.equal(found.scanner, "nmap");
    assert.equal(found.probe, "path");
    assert.equal(identify(get("/nmaplowercheck1712345678", "x")).scanner, "nmap");
  });

  test("identification lines and cookies", () => {
    assert.equal(identify(text("SSH-2.0-Nmap-SSH2-Hostkey\r\n")).scanner, "nmap");
    assert.equal(identify(text("SSH-2.0-OpenSSH_9.6\r\n")).scanner, undefined);
    const rdp = text("\x03\0\0\x22\x1d\xe0\0\0\0\0\0Cookie: mstshash=nmap\r\n");
    assert.deepEqual(
      { scanner: identify(rdp).scanner, probe: identify(rdp).probe },
      { scanner: "nmap", probe: "rdp-cookie" },
    );
  });

  test("payloads of unknown protocols", () => {
    const distcc = "DIST00000001ARGC00000005ARGV00000002ccARGV00000002-cARGV00000006nmap.cARGV00000002-o";
    assert.equal(identify(text(distcc)).probe, "DistCCD");
    assert.equal(identify(text("\r\n\r\nx")).probe, undefined);
  });

  test("a signature far into a field does not count", () => {
    assert.equal(identify(get("/", `${"x".repeat(2000)}nmap scripting engine`)).scanner, undefined);
  });

  test("the tables are well-formed", () => {
    for (const marks of [userAgentMarks, pathMarks, sshMarks, rdpCookieMarks]) {
      for (const mark of marks) assert.equal(mark.text, mark.text.toLowerCase());
    }
    assert.equal(new Set(payloadMarks.map(({ probe }) => probe)).size, payloadMarks.length);
  });

  test("probes that ordinary clients also send do not identify a scanner, but list those clients", () => {
    const payloads = [
      [text("\r\n\r\n"), "GenericLines"],
      [text("HELP\r\n"), "Help"],
      [text("GET / HTTP/1.0\r\n\r\n"), "GetRequest"],
      [text("OPTIONS / HTTP/1.0\r\n\r\n"), "HTTPOptions"],
      [hex("6c000b000000000000000000"), "X11Probe"],
      [hex("123400010a"), "ajp"],
      [hex("300c020101600702010204008000"), "LDAPBindReq"],
      [text("stats\r\n"), "Memcache"],
    ] as const;
    for (const [bytes, probe] of payloads) {
      const found = identify(bytes);
      assert.deepEqual([found.scanner, found.probe], [undefined, undefined], probe);
      assert.deepEqual([found.alsoSentBy?.scanner, found.alsoSentBy?.probe], ["nmap", probe]);
      assert.ok((found.alsoSentBy?.clients ?? "") !== "");
    }
  });

  test("a name that only contains a signature is not one", () => {
    for (const agent of ["AccommodationFinder/2.1", "NucleicAcidViewer/3", "Sofofabot/1.0"])
      assert.equal(identify(get("/", agent)).scanner, undefined, agent);
    const rdp = text("\x03\0\0\x26\x21\xe0\0\0\0\0\0Cookie: mstshash=nmapuser\r\n");
    assert.equal(identify(rdp).rdp?.cookie, "nmapuser");
    assert.equal(identify(rdp).scanner, undefined);
    assert.equal(identify(text("GET /?CAVIT HTTP/1.1\r\nHost: av.example.org\r\n\r\n")).scanner, undefined);
  });

  test("the reference lists every probe, and who else sends it", () => {
    const page = readFileSync(new URL("../../../docs/reference/identification.md", import.meta.url), "utf8");
    for (const { probe, clients } of nmapProbes)
      assert.ok(page.includes(clients === undefined ? `\`${probe}\`` : `| \`${probe}\` | ${clients} |`), probe);
  });

  const probesFile = "/usr/share/nmap/nmap-service-probes";
  test("every probe of nmap is in the table, and identified as the table says", {
    skip: !existsSync(probesFile) && `${probesFile} is not here`,
  }, () => {
    const probes = readProbes(readFileSync(probesFile, "latin1"));
    assert.ok(probes.size > 80);
    const marks = new Map(nmapProbes.map((mark) => [mark.probe, mark]));
    assert.deepEqual(new Set(probes.keys()).difference(new Set(marks.keys())), new Set());
    assert.deepEqual(new Set(marks.keys()).difference(new Set(probes.keys())), new Set());
    for (const [probe, bytes] of probes) {
      const { scanner, alsoSentBy } = identify(bytes);
      const clients = marks.get(probe)?.clients;
      assert.equal(scanner, clients === undefined ? "nmap" : undefined, probe);
      assert.deepEqual(alsoSentBy, clients === undefined ? undefined : { scanner: "nmap", probe, clients });
    }
  });
});

/** TCP probes by name: `Probe TCP <name> q|<string>|`, with C escapes. */
function readProbes(file: string): ReadonlyMap<string, Uint8Array> {
  const probes = new Map<string, Uint8Array>();
  for (const [, name, , quoted] of file.matchAll(/^Probe TCP (\S+) q(.)(.*?)\2/gm)) {
    if (name === undefined || quoted === undefined || quoted === "") continue;
    const unescaped = quoted.replace(/\\(x[0-9a-fA-F]{2}|.)/g, (_, code: string) => {
      if (code.startsWith("x")) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
      return { r: "\r", n: "\n", t: "\t", a: "\x07", "0": "\0" }[code] ?? code;
    });
    probes.set(name, text(unescaped));
  }
  return probes;
}
