import assert from "node:assert/strict";
import { password, type RealClient, testClients } from "./real-client.ts";

/** Clients of internal services: monitoring, builds, directories, files. */
const clients: readonly RealClient[] = [
  {
    does: "whois queries a name",
    program: "whois",
    words: ["-h", "HOST", "example.org"],
    port: 43,
    expect: ({ identification: { protocol, whois } }) => {
      assert.deepEqual([protocol, whois], ["whois", { query: "example.org" }]);
    },
  },
  {
    does: "upsc requests the state of a UPS",
    program: "upsc",
    words: ["rack1@HOST"],
    port: 3493,
    expect: ({ identification: { protocol, nut } }) => {
      assert.deepEqual([protocol, nut], ["nut", { command: "STARTTLS" }]);
    },
  },
  {
    does: "snmpget sends a request over TCP, and its community is hidden",
    program: "snmpget",
    words: ["-v2c", "-c", password, "-r0", "tcp:127.0.0.1:PORT", "1.3.6.1.2.1.1.1.0"],
    expect: ({ identification: { protocol, snmp } }) => {
      assert.deepEqual([protocol, snmp], ["snmp", { version: "2c", operation: "get", oid: "1.3.6.1.2.1.1.1.0" }]);
    },
  },
  {
    does: "mpc requests the state of a Music Player Daemon",
    program: "mpc",
    words: ["-h", "127.0.0.1", "-p", "PORT", "status"],
    banner: "OK MPD 0.23.5\n",
    expect: ({ identification: { protocol, mpd } }) => {
      assert.deepEqual([protocol, mpd?.["command"]], ["mpd", "command_list_ok_begin"]);
    },
  },
  {
    does: "distcc sends a job",
    program: "distcc",
    words: ["gcc", "-c", "job.c"],
    environment: { DISTCC_HOSTS: "127.0.0.1:PORT", DISTCC_FALLBACK: "0" },
    files: { "job.c": "int a;\n" },
    expect: ({ identification: { protocol, distcc } }) => {
      const words = distcc?.["arguments"];
      assert.equal(protocol, "distcc");
      assert.ok(Array.isArray(words) && words.includes("job.c"), JSON.stringify(words));
    },
  },
  {
    does: "svn requests a list",
    program: "svn",
    words: ["ls", "--non-interactive", "svn://127.0.0.1:PORT/repo"],
    banner: "svn",
    expect: ({ identification: { protocol, svn } }) => {
      assert.equal(protocol, "svn");
      assert.match(String(svn?.["url"]), /^svn:\/\/127\.0\.0\.1:\d+\/repo$/);
      assert.match(String(svn?.["userAgent"]), /^SVN\/1\./);
    },
  },
  {
    does: "nbd-client requests the list of devices",
    program: "nbd-client",
    words: ["-l", "127.0.0.1", "PORT"],
    banner: "NBDMAGICIHAVEOPT\u0000\u0003",
    expect: ({ identification: { protocol, nbd } }) => {
      assert.deepEqual([protocol, nbd], ["nbd", { option: "list" }]);
    },
  },
  {
    does: "amqp-publish logs in",
    program: "amqp-publish",
    words: ["-u", `amqp://alice:${password}@127.0.0.1:PORT/`, "-r", "jobs", "-b", "x"],
    expect: ({ identification: { protocol, amqp, maskedBytes } }) => {
      assert.deepEqual([protocol, amqp?.["user"], maskedBytes], ["amqp", "alice", password.length]);
    },
  },
  {
    does: "a person logs in to a server of mail filters",
    program: "nc",
    words: ["127.0.0.1", "PORT"],
    banner: "sieve",
    typed: `AUTHENTICATE "PLAIN" "${Buffer.from(`\0alice\0${password}`).toString("base64")}"\r\nLOGOUT\r\n`,
    expect: ({ identification: { protocol, sieve } }) => {
      assert.deepEqual([protocol, sieve?.["user"]], ["sieve", "alice"]);
    },
  },
  {
    does: "a person logs in to a news server",
    program: "nc",
    words: ["127.0.0.1", "PORT"],
    banner: "nntp",
    typed: `MODE READER\r\nAUTHINFO USER alice\r\nAUTHINFO PASS ${password}\r\nQUIT\r\n`,
    expect: ({ identification: { protocol, nntp } }) => {
      assert.deepEqual([protocol, nntp?.["user"]], ["nntp", "alice"]);
    },
  },
];

testClients("a decoy names what a network's own services are asked with", clients);
