import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, test } from "node:test";
import { findProgram } from "../../../src/platform/programs.ts";
import { hangLimitMs } from "../../harness/hang-limit.ts";
import { Decoy, readAll } from "../decoy.ts";

const skip = findProgram("nmap") === undefined ? "nmap is not installed" : false;

describe("a decoy that nmap scans for its version", { skip, timeout: hangLimitMs }, () => {
  test("receives all probes, identifies them as nmap's, and keeps running", async () => {
    // nmap does not recognise this banner, and continues with all its probes.
    await using decoy = await Decoy.start({
      banner: "Welcome.\r\n",
      capture: { client_time: "1s", banner_time: "1s" },
    });
    const words = ["-sV", "-sT", "-Pn", "-n", "--unprivileged", "-p", `${decoy.port}`, "127.0.0.1"];
    const nmap = spawn("nmap", words, { stdio: "ignore" });
    await once(nmap, "close");

    const probe = await decoy.connect();
    probe.write("GET /still-there HTTP/1.1\r\nHost: decoy.example\r\n\r\n");
    await readAll(probe);
    const { accepted, open, recorded, aborted } = decoy.counters;
    assert.equal(open, 0);
    // Before its probes nmap connects once, and resets that connection at once.
    assert.equal(recorded + aborted, accepted);
    assert.equal(decoy.connections.length, recorded);
    assert.equal(decoy.connections.at(-1)?.identification.http?.path, "/still-there");

    const scanner = decoy.connections.filter(({ identification }) => identification.scanner === "nmap");
    const probes = scanner.map(({ identification }) => identification.probe);
    for (const name of ["RTSPRequest", "RPCCheck", "SSLSessionReq", "LDAPSearchReq", "path"])
      assert.ok(probes.includes(name), `${name} is not among ${probes.join()}`);
    assert.ok(probes.length >= 15, probes.join());
    assert.ok(recorded >= 20, `${recorded} connections`);
    const named = new Set(decoy.connections.map(({ identification }) => identification.protocol));
    for (const protocol of ["http", "rtsp", "rpc", "dns", "tls", "rdp", "smb", "ldap", "sip"] as const)
      assert.ok(named.has(protocol), `${protocol} is not among ${[...named].join()}`);
  });
});
