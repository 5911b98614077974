import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { identify } from "../../src/wire/identify.ts";
import { protocols } from "../../src/wire/protocols.ts";
import { hex, joined, text } from "./messages.ts";

interface Sample {
  readonly protocol: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

const wireFolder = path.join(import.meta.dirname, "../../src/wire");

/** The first bytes of real clients. `continued-` files are their later bytes. */
function fixtures(): Sample[] {
  return readdirSync(wireFolder, { recursive: true, encoding: "utf8" })
    .filter((file) => /(?:^|[\\/])fixtures[\\/](?!continued-)[^\\/]+\.bin$/.test(file))
    .map((file) => ({
      protocol: file.split(path.sep, 1)[0] ?? "",
      name: file,
      bytes: Uint8Array.from(readFileSync(path.join(wireFolder, file))),
    }));
}

/** First lines and short messages, which are the most likely to be confused. */
const short: readonly (readonly [protocol: string, bytes: Uint8Array])[] = [
  ["syslog", text("<34>Oct 11 22:14:15 mymachine su: failed\n")],
  ["syslog", text("<165>1 2003-10-11T22:14:15.003Z host.example evntslog - ID47 - text\n")],
  ["openvpn", hex("000e 38 0102030405060708 00 00000000")],
  ["rsh", text("1022\0alice\0root\0id\0")],
  ["rlogin", text("\0alice\0root\0xterm/38400\0")],
  ["thrift", hex("80010001 00000004 70696e67 00000000 00")],
  ["thrift", hex("00000011 80010001 00000004 70696e67 00000000 00")],
  ["dict", text("CLIENT libcurl 7.88.1\r\nDEFINE ! hello\r\n")],
  ["cvs", text("BEGIN AUTH REQUEST\n/cvsroot\nanonymous\nAy=0\nEND AUTH REQUEST\n")],
  ["drda", hex("0020 d041 0001 001a 1041 000c 115e 84859982a8849583 000a 1147 d8c4c5d9c2e8")],
  ["zabbix", text("ZBXD\u0001\u000a\0\0\0\0\0\0\0agent.ping")],
  ["bgp", hex("ffffffffffffffffffffffffffffffff 001d 01 04 fde8 00b4 c0000201 00")],
  ["hl7", text("\u000bMSH|^~\\&|ADT1|LAB|X|Y|1988||ADT^A01|1|P|2.5|\r")],
  ["spamd", text("PING SPAMC/1.2\r\n")],
  ["redis", text("PING\r\n")],
  ["redis", text("INFO\r\n")],
  ["redis", text("CONFIG GET dir\r\n")],
  ["redis", text("AUTH hunter2\r\n")],
  ["redis", text("HELLO 3\r\n")],
  ["redis", text("SELECT 0\r\n")],
  ["redis", text("SLAVEOF 192.0.2.9 6379\r\n")],
  ["redis", text("slaveof no one\n")],
  ["redis", text("SCRIPT FLUSH\r\n")],
  ["redis", text("SCAN 0\r\n")],
  ["redis", text("SLOWLOG GET\r\n")],
  ["redis", text("CLIENT LIST\r\n")],
  ["redis", text("COMMAND\r\n")],
  ["redis", text("CLUSTER INFO\r\n")],
  ["memcached", text("stats\r\n")],
  ["memcached", text("version\r\n")],
  ["memcached", text("get session\r\n")],
  ["memcached", text("mg session v\r\n")],
  ["zookeeper", text("ruok")],
  ["zookeeper", text("stat\n")],
  ["smtp", text("EHLO mail.example.org\r\n")],
  ["smtp", text("AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n")],
  ["ftp", text("USER anonymous\r\n")],
  ["ftp", text("AUTH TLS\r\n")],
  ["ftp", text("TYPE I\r\n")],
  ["ftp", text("SITE HELP\r\n")],
  ["ftp", text("SYST\r\n")],
  ["ftp", text("STOR x\r\n")],
  ["ftp", text("CWD /\r\n")],
  ["pop3", text("CAPA\r\n")],
  ["pop3", text("STLS\r\n")],
  ["pop3", text("USER bob\r\nPASS secret\r\nSTAT\r\n")],
  ["imap", text("A001 CAPABILITY\r\n")],
  ["imap", text("a1 STARTTLS\r\n")],
  ["nats", text('CONNECT {"lang":"go"}\r\nPING\r\n')],
  ["nats", text("PING\r\nSUB orders.> 1\r\n")],
  ["stomp", text("CONNECT\naccept-version:1.2\n\n\0")],
  ["http", text("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n")],
  ["http", text("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")],
  ["http", text("GET / HTTP/1.0\r\n\r\n")],
  ["rtsp", text("OPTIONS / RTSP/1.0\r\n\r\n")],
  ["sip", text("OPTIONS sip:nm SIP/2.0\r\n\r\n")],
  ["socks5", hex("050100 05010001 7f000001 0050")],
  ["socks5", hex("05020002 05010003 0361622e 01bb")],
  ["socks4", hex("04010050c000020700")],
  ["cassandra", hex("040000000500000000")],
  ["rdp", hex("0300000b06e00000000000")],
  ["minecraft", hex("fe01")],
  ["dnp3", hex("056405c900000000364c")],
  ["x11", hex("6c000b000000000000000000")],
  ["modbus", hex("000000000005002b0e0100")],
  ["irc", text("NICK wiz\r\nUSER guest 0 * :Ronnie\r\n")],
  ["t3", text("t3 12.2.1\n")],
  ["xmpp", text("<?xml version='1.0'?><stream:stream to='example.org' xmlns='jabber:client'>")],
  ["fox", text("fox a 1 -1 fox hello\n{\nfox.version=s:1.0\n};;\n")],
  ["pjl", text("@PJL INFO ID\r\n")],
  ["lpd", text("\u0001default\n")],
  ["epmd", hex("00016e")],
  ["iec104", hex("680407000000")],
  ["ethernet-ip", hex("630000000000000000000000c1debed10000000000000000")],
  [
    "dcerpc",
    hex(
      "05000b0310000000480000000100000000000000000000000100000000000100 0883afe11f5dc91191a408002b14a0fa 03000000045d888aeb1cc9119fe808002b10486002000000",
    ),
  ],
  ["ajp", hex("123400010a")],
  // Kafka's Metadata: in all versions the first eight bytes are those of a PostgreSQL start-up.
  ...[0, 1, 2, 3].map((version): [string, Uint8Array] => [
    "kafka",
    joined(hex(`00000016 0003 000${version} 00000001 0004`), text("test"), hex("00000001 0002"), text("ab")),
  ]),
  ["kafka", hex("0000000e 0003 0000 00000001 ffff 00000000")],
  ["kafka", hex("00000012 0003 0000 00000001 0000 00000001 0002 6162")],
  ["kafka", hex("00000014 0003 0009 00000001 0004 74657374 00 0101000000")],
  ["postgresql", joined(hex("00000022 00030000"), text("user\0alice\0database\0shop\0\0"))],
  ["rpc", hex("80000028000000010000000000000002000186a00000000200000004 00000000000000000000000000000000")],
  ["dns", hex("001e000601000001000000000000 0776657273696f6e0462696e64 0000100003")],
];

const samples: readonly Sample[] = [
  ...fixtures(),
  ...short.map(([protocol, bytes]) => ({ protocol, name: Buffer.from(bytes).toString("latin1"), bytes })),
];

// Beginnings that are messages of another protocol, byte for byte: only the following bytes distinguish them.
const readings: Readonly<Record<string, readonly string[]>> = {
  memcached: ["zookeeper"], // stat, stats
  nats: ["redis"], // PING
  pop3: ["ftp"], // USER
  s7: ["rdp"], // a connection request before its parameters
};

describe("no protocol is mistaken for another", () => {
  test("there are samples of every protocol in the table above and in the fixtures", () => {
    assert.ok(samples.length >= 70, `${samples.length}`);
  });

  for (const sample of samples) {
    test(`${sample.protocol}: ${JSON.stringify(sample.name)}`, () => {
      const found = identify(sample.bytes);
      assert.equal(found.protocol, sample.protocol);
      assert.equal(found.complete, true);
      const claims = protocols.filter(({ attempt }) => attempt(sample.bytes).kind === "match").map(({ name }) => name);
      assert.deepEqual([...new Set<string>(claims)], [sample.protocol]);
      const allowed = [sample.protocol, "unknown", ...(readings[sample.protocol] ?? [])];
      for (let length = 1; length < sample.bytes.length; length++) {
        const { protocol } = identify(sample.bytes.subarray(0, length));
        assert.ok(allowed.includes(protocol), `${protocol} after ${length} bytes`);
      }
    });
  }

  // What people type into a port to see whether anything answers, and beginnings of no known protocol.
  const typed = [
    "HELLO\r\n",
    "hello\n",
    "Hello, is anybody there?\r\n",
    "HELLO WORLD\r\n",
    "hi\r\n",
    "test\r\n",
    "SELECT * FROM users;\r\n",
    "client hello\r\n",
    // From clients of NUT, NNTP and ManageSieve; from a mail client only after an EHLO.
    "STARTTLS\r\n",
    "root\r\n",
    "ls -la\n",
  ];
  for (const line of typed) {
    test(`typed: ${JSON.stringify(line)}`, () => {
      const found = identify(text(line));
      assert.equal(found.protocol, "unknown");
      assert.equal(found.summary?.kind, "text");
    });
  }
});
