import assert from "node:assert/strict";
import { password, type RealClient, testClients } from "./real-client.ts";

/** Lines that a person types into a bare connection. */
function typing(typed: string, expect: RealClient["expect"]): RealClient {
  const shown = typed.replace(password, "...").trim();
  return { does: `nc: ${JSON.stringify(shown)}`, program: "nc", words: ["127.0.0.1", "PORT"], typed, expect };
}

const clients: readonly RealClient[] = [
  {
    ...typing(`USER bob\r\nPASS ${password}\r\nQUIT\r\n`, ({ identification: { protocol, pop3 } }) => {
      assert.equal(protocol, "pop3");
      assert.deepEqual(pop3, { command: "USER", user: "bob", following: ["PASS", "QUIT"] });
    }),
    does: "nc sends USER after the POP3 banner",
    banner: "pop3",
  },
  typing("SELECT 0\r\n", ({ identification: { protocol, redis } }) => {
    assert.deepEqual([protocol, redis], ["redis", { command: "SELECT", arguments: ["0"] }]);
  }),
  typing("HELLO\r\n", ({ identification }) => {
    const summary = { kind: "text", preview: "HELLO " };
    assert.deepEqual(identification, { protocol: "unknown", complete: true, summary });
  }),
  {
    does: 'telnet sends "HELLO"',
    program: "inetutils-telnet",
    words: ["127.0.0.1", "PORT"],
    typed: "HELLO\n",
    expect: ({ identification, payload }) => {
      assert.deepEqual([identification.protocol, identification.summary?.kind], ["unknown", "text"]);
      assert.equal(Buffer.from(payload).toString(), "HELLO\r\n");
    },
  },
  typing("CONFIG GET dir\r\n", ({ identification: { protocol, redis } }) => {
    assert.equal(protocol, "redis");
    assert.deepEqual(redis, { command: "CONFIG", arguments: ["GET", "dir"] });
  }),
  typing(`AUTH ${password}\r\n`, ({ identification: { protocol, redis } }) => {
    assert.equal(protocol, "redis");
    assert.deepEqual(redis, { command: "AUTH", arguments: ["***"] });
  }),
  typing("GET / HTTP/1.1\r\nHost: decoy.example\r\n\r\n", ({ identification: { protocol, http } }) => {
    assert.equal(protocol, "http");
    assert.deepEqual(http, { method: "GET", path: "/", host: "decoy.example", version: "1.1" });
  }),
  typing("EHLO mail.example\r\n", ({ identification: { protocol, smtp } }) => {
    assert.equal(protocol, "smtp");
    assert.deepEqual(smtp, { command: "EHLO", name: "mail.example" });
  }),
  typing("stats\r\n", ({ identification: { protocol, memcached } }) => {
    assert.equal(protocol, "memcached");
    assert.equal(memcached?.["command"], "stats");
  }),
];

testClients("a decoy names what people type", clients);
