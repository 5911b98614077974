import assert from "node:assert/strict";
import { password, type RealClient, testClients } from "./real-client.ts";

const sshOptions = ["BatchMode=yes", "ConnectTimeout=20", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null"];

const clients: readonly RealClient[] = [
  {
    does: "ssh sends its algorithms",
    program: "ssh",
    words: ["-F", "none", "-p", "PORT", ...sshOptions.flatMap((option) => ["-o", option]), "nobody@127.0.0.1"],
    expect: ({ identification: { protocol, ssh } }) => {
      assert.equal(protocol, "ssh");
      assert.match(ssh?.ident ?? "", /^SSH-2\.0-OpenSSH_\d/);
      assert.match(ssh?.hassh ?? "", /^[0-9a-f]{32}$/);
      assert.match(ssh?.hasshAlgorithms ?? "", /^[^;]*curve25519[^;]*;[^;]+;[^;]+;none,zlib/);
    },
  },
  {
    // The third login ends the dialogue; without it, the time limit would.
    does: "telnet negotiates, and logs in three times",
    program: "inetutils-telnet",
    words: ["127.0.0.1", "PORT"],
    banner: "telnet",
    // Text that is typed before the banner arrives is sent before the negotiation.
    answers: { prompt: /(?:login|Password): $/, typed: [1, 2, 3].flatMap(() => ["root\n", `${password}\n`]) },
    expect: ({ identification: { protocol, telnet }, payload }) => {
      assert.deepEqual([protocol, telnet?.["user"]], ["telnet", "root"]);
      const asked = ["WILL TERMINAL-TYPE", "WILL TERMINAL-SPEED", "WONT X-DISPLAY-LOCATION", "WILL NEW-ENVIRON"];
      const negotiations = telnet?.["negotiations"];
      for (const option of asked) assert.ok(Array.isArray(negotiations) && negotiations.includes(option), option);
      assert.ok(!Buffer.from(payload).includes(password), "the password is masked");
    },
  },
  {
    does: "a VNC viewer answers the version",
    program: "xtigervncviewer",
    words: ["127.0.0.1::PORT"],
    banner: "vnc",
    needsDisplay: true,
    expect: ({ identification: { protocol, vnc }, phase }) => {
      assert.deepEqual([protocol, phase], ["vnc", "after-banner"]);
      assert.deepEqual(vnc, { version: "3.8" });
    },
  },
  {
    does: "an RDP client sends its user",
    program: "xfreerdp",
    words: ["/v:127.0.0.1:PORT", "/u:Administrator", `/p:${password}`, "/cert:ignore"],
    needsDisplay: true,
    expect: ({ identification: { protocol, rdp } }) => {
      assert.equal(protocol, "rdp");
      assert.deepEqual(rdp, { cookie: "Administrator", requestedProtocols: ["tls", "nla"] });
    },
  },
  {
    does: "an RDP client requests the oldest security",
    program: "xfreerdp",
    words: ["/v:127.0.0.1:PORT", "/u:root", `/p:${password}`, "/sec:rdp"],
    needsDisplay: true,
    expect: ({ identification: { protocol, rdp } }) => {
      assert.equal(protocol, "rdp");
      assert.deepEqual(rdp, { cookie: "root", requestedProtocols: ["rdp"] });
    },
  },
];

testClients("a decoy names what people reach other machines with", clients);
