import assert from "node:assert/strict";
import { globSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseAjpAnswer, parseAjpPong } from "../ajp/server.ts";
import { parseAmqpLogin, parseAmqpStart } from "../amqp/server.ts";
import { parseApcupsdStatus } from "../apcupsd/server.ts";
import { parseAvroAnswer } from "../avro/server.ts";
import { beanstalkdStats } from "../beanstalkd/server.ts";
import { cassandraReleaseIn, parseCassandraAnswer } from "../cassandra/server.ts";
import { clamdVersion } from "../clamd/server.ts";
import { parseCoapSignals } from "../coap/server.ts";
import { parseDerbyAnswer } from "../derby/server.ts";
import { parseDnsVersion } from "../dns/server.ts";
import { parseEpmdNames } from "../epmd/server.ts";
import { parseEsphomeAnswer } from "../esphome/server.ts";
import { parseFastCgiAnswer } from "../fastcgi/server.ts";
import { parseFirebirdAnswer } from "../firebird/server.ts";
import { parseHazelcastAnswer } from "../hazelcast/server.ts";
import { parseHttpAnswer, redirectsToTls, serverProduct, titleOf, wantsTls } from "../http/server.ts";
import { parseHttp2Settings } from "../http2/server.ts";
import { igniteDiscoveryPing, parseIgniteDiscoveryAnswer } from "../ignite/discovery-server.ts";
import { parseIgniteAnswer } from "../ignite/server.ts";
import { ircVersion } from "../irc/server.ts";
import { parseIscsiAnswer } from "../iscsi/server.ts";
import { parseRmiAck } from "../java-rmi/server.ts";
import { parseJdwpHandshake, parseJdwpVersion } from "../jdwp/server.ts";
import { parseKafkaApiVersions, parseKafkaMetadata, parseKafkaSaslHandshake } from "../kafka/server.ts";
import { parseKerberosError } from "../kerberos/server.ts";
import { parseLdapBindResponse, parseLdapSearchAnswer } from "../ldap/server.ts";
import { parseMemcachedStats, parseMemcachedVersion } from "../memcached/server.ts";
import { parseMilterAnswer } from "../milter/server.ts";
import { parseMongoReply } from "../mongodb/server.ts";
import { parseMqttConnack, parseMqttPublish } from "../mqtt/server.ts";
import { parseMssqlPrelogin } from "../mssql/server.ts";
import { parseMumbleVersion } from "../mumble/server.ts";
import { parseMysqlGreeting } from "../mysql/server.ts";
import { parseNatsInfo, parseNatsVerdict } from "../nats/server.ts";
import { parseNbdGreeting } from "../nbd/server.ts";
import { parseNinePVersion } from "../ninep/server.ts";
import { parseNrpeAnswer } from "../nrpe/server.ts";
import { parseOpenVpnReset } from "../openvpn/server.ts";
import type { Outcome } from "../outcome.ts";
import { parsePostgresqlAnswer, parsePostgresqlSslAnswer, parsePostgresqlVersion } from "../postgresql/server.ts";
import { parseRdpAnswer } from "../rdp/server.ts";
import { parseRedisReply } from "../redis/server.ts";
import { parseRpcReply, rpcRegistrations } from "../rpc/server.ts";
import { parseSaneAnswer } from "../sane/server.ts";
import { sipOptions } from "../sip/server.ts";
import { parseSmbAnswer } from "../smb/server.ts";
import { parseSnmpReport } from "../snmp/server.ts";
import { parseSocks4Reply } from "../socks4/server.ts";
import { parseSocks5Method, parseSocks5Reply } from "../socks5/server.ts";
import { parseStompAnswer } from "../stomp/server.ts";
import { parseVeNCryptTypes, parseVeNCryptVersion, parseVncSecurity } from "../vnc/server.ts";
import { parseX11Answer, xorgVersion } from "../x11/server.ts";
import { parseZabbixAnswer } from "../zabbix/server.ts";
import { parseZookeeperChildren, parseZookeeperSession, parseZookeeperSrvr } from "../zookeeper/server.ts";
import { parseTextGreeting } from "./line-greetings.ts";
import { parse, readReply } from "./parse.ts";
import { agentIn, parseTextAnswer } from "./text-answers.ts";

const text = (content: string) => Uint8Array.from(Buffer.from(content, "latin1"));
const hexOf = (content: string) => Buffer.from(content, "latin1").toString("hex");

const wire = path.join(import.meta.dirname, "..");

type Parser = (bytes: Uint8Array) => Outcome<unknown>;

/** Every parser of what servers answer, with whole messages for it, one each. */
const parsers: Readonly<Record<string, readonly [Parser, ...Uint8Array[]]>> = {
  parse: [
    parse,
    text("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
    text("RFB 003.008\n"),
    text("@RSYNCD: 31.0 sha512\n"),
    text("+OK Dovecot ready.\r\n"),
    text("* OK IMAP4rev1\r\n"),
    text('INFO {"server_id":"N","version":"2.9.10"}\r\n'),
    hex(
      `2a000000 0a ${hexOf("8.0.36")}00 01000000 ${"41".repeat(8)} 00 ffff 21 0200 ffc7 15 ${"00".repeat(10)} ${"42".repeat(12)}00`.replace(
        "2a000000",
        "34000000",
      ),
    ),
  ],
  readReply: [readReply, text("250-mx\r\n250 STARTTLS\r\n"), text("220 ready\r\n")],
  parseRedisReply: [
    parseRedisReply,
    text("+PONG\r\n"),
    text("-NOAUTH Authentication required.\r\n"),
    text("$5\r\nhello\r\n"),
  ],
  parseMemcachedVersion: [parseMemcachedVersion, text("VERSION 1.6.18\r\n"), text("CLIENT_ERROR unauthenticated\r\n")],
  parseMemcachedStats: [parseMemcachedStats, text("STAT pid 1\r\nSTAT curr_items 3\r\nEND\r\n")],
  parseNatsInfo: [parseNatsInfo, text('INFO {"server_id":"N","auth_required":true}\r\n')],
  parseNatsVerdict: [parseNatsVerdict, text("PONG\r\n"), text("-ERR 'Authorization Violation'\r\n")],
  parseMysqlGreeting: [parseMysqlGreeting, hex(`17000000 ff 6a04 ${hexOf("Host is not allowed!")}`)],
  parseMqttConnack: [parseMqttConnack, hex("20020005"), hex("20020100")],
  parseMqttPublish: [parseMqttPublish, hex(`9003000100 300c 0004 ${hexOf("test")} ${hexOf("2.0.11")}`)],
  parsePostgresqlSslAnswer: [parsePostgresqlSslAnswer, text("S"), text("N")],
  parsePostgresqlAnswer: [
    parsePostgresqlAnswer,
    hex("52 00000008 00000000"),
    hex(`52 00000017 0000000a ${hexOf("SCRAM-SHA-256")}00 00`),
  ],
  parsePostgresqlVersion: [parsePostgresqlVersion, hex(`53 00000019 ${hexOf("server_version")}00 ${hexOf("15.14")}00`)],
  parseLdapBindResponse: [
    parseLdapBindResponse,
    hex("300c 020101 6107 0a0100 0400 0400"),
    hex("30840000000c 020101 6107 0a0130 0400 0400"),
  ],
  parseLdapSearchAnswer: [parseLdapSearchAnswer, hex("300c 020102 6507 0a0132 0400 0400")],
  parseAmqpStart: [
    parseAmqpStart,
    hex(
      `01 0000 00000024 000a000a 0009 00000000 0000000e ${hexOf("PLAIN AMQPLAIN")} 00000005 656e5f5553 ce`.replace(
        "00000024",
        "00000025",
      ),
    ),
  ],
  parseAmqpLogin: [parseAmqpLogin, hex("01 0000 0000000c 000a001e 07ff 00020000 003c ce")],
  parseMongoReply: [
    parseMongoReply,
    hex(`26000000 00000000 01000000 dd070000 00000000 00 11000000 01 6f6b00 000000000000f03f 00`),
  ],
  parseKafkaApiVersions: [
    (bytes) => parseKafkaApiVersions(bytes, 0),
    hex("00000010 00000002 0000 00000001 0012 0000 0003"),
  ],
  parseKafkaMetadata: [(bytes) => parseKafkaMetadata(bytes, 1), hex("00000010 00000003 00000000 00000001 00000000")],
  parseKafkaSaslHandshake: [parseKafkaSaslHandshake, hex(`00000011 00000004 0021 00000001 0005 ${hexOf("PLAIN")}`)],
  parseZookeeperSrvr: [parseZookeeperSrvr, text("Zookeeper version: 3.8.0-abc, built on x\n")],
  parseZookeeperSession: [
    parseZookeeperSession,
    hex(`00000024 00000000 00002710 0123456789abcdef 00000010 ${"00".repeat(16)}`),
  ],
  parseZookeeperChildren: [parseZookeeperChildren, hex("00000010 00000001 0000000000000003 ffffff84")],
  parseCassandraAnswer: [
    parseCassandraAnswer,
    hex("84 00 0000 02 00000000"),
    hex(`84 00 0000 03 00000005 0003 ${hexOf("abc")}`),
  ],
  parseStompAnswer: [parseStompAnswer, text("CONNECTED\nserver:ActiveMQ/5.17.2\nversion:1.2\n\n")],
  parseVncSecurity: [(bytes) => parseVncSecurity(bytes, 8), hex("020113")],
  parseVeNCryptVersion: [parseVeNCryptVersion, hex("0002")],
  parseVeNCryptTypes: [parseVeNCryptTypes, hex("00 02 00000101 00000103")],
  parseSmbAnswer: [
    parseSmbAnswer,
    hex(`00000081 fe534d42 4000 ${"00".repeat(6)} 0000 ${"00".repeat(50)} 4100 0300 0203`),
  ],
  parseEsphomeAnswer: [
    parseEsphomeAnswer,
    hex(`00 06 02 08 01 22 02 ${hexOf("ab")}`),
    hex(`00 0c 0a 08 01 22 08 ${hexOf("2023.1.0")}`),
    hex(`01 0013 01 ${hexOf("Bad indicator byte")}`),
  ],
  parseHttp2Settings: [parseHttp2Settings, hex("000006 04 00 00000000 0003 00000064"), hex("000000 04 00 00000000")],
  parseCoapSignals: [parseCoapSignals, hex("50 e1 23 08 00 00 40 00 e3"), hex("00 e1 00 e3"), hex("00 e1 00 e2 00 e3")],
  parseFirebirdAnswer: [
    parseFirebirdAnswer,
    hex("0000005c 00000000 00000000 00000000 00000000"),
    hex("00000062 ffff800d 00000001 00000005"),
    hex("00000004"),
    hex("00000009 00000000 00000000 00000000 00000000 00000001 14000191"),
  ],
  parseSocks4Reply: [parseSocks4Reply, hex("00 5a 0000 00000000"), hex("00 5b 9c40 7f000001")],
  parseSocks5Reply: [
    parseSocks5Reply,
    hex("05 00 00 01 7f000001 9c40"),
    hex("05 05 00 03 04 686f7374 0000"),
    hex("05 02 00 04 00000000000000000000000000000001 0000"),
  ],
  parseRdpAnswer: [
    parseRdpAnswer,
    hex("03000013 0ed0 00001234 00 02000800 01000000"),
    hex("0300000b 06d0 00001234 00"),
  ],
  parseMssqlPrelogin: [parseMssqlPrelogin, hex("0401001a 00000100 00000b0006 0100110001 ff 100003e80000 03")],
  parseX11Answer: [parseX11Answer, hex(`00 04 000b 0000 0001 ${hexOf("No p")}`)],
  parseDnsVersion: [parseDnsVersion, hex("000c 4842 8105 0000 0000 0000 0000")],
  parseHazelcastAnswer: [parseHazelcastAnswer, text("HZC"), text("HZX")],
  parseIgniteDiscoveryAnswer: [parseIgniteDiscoveryAnswer, igniteDiscoveryPing.subarray(4)],
  parseIgniteAnswer: [parseIgniteAnswer, hex("0100000001")],
  parseDerbyAnswer: [parseDerbyAnswer, hex("000a d002 0001 0004 1443 0010 d002 0001 000a 14ac 0006 11a2 0003")],
  parseAvroAnswer: [
    parseAvroAnswer,
    hex(`00000001 00000001 00000023 04 02 3c ${hexOf('{"protocol":"AvroSourceProtocol"')}`),
  ],
  parseTextGreeting: [
    parseTextGreeting,
    text("220 host dictd 1.13.0/rf on Linux 6.1.0 <auth.mime> <1.1.1700000000@host>\r\n"),
    text("OK MPD 0.23.5\n"),
    text(":irc.example.org NOTICE * :*** Looking up your hostname...\r\n"),
    text("001 powerman 2.3.27\r\n"),
  ],
  parseNbdGreeting: [parseNbdGreeting, hex(`${hexOf("NBDMAGICIHAVEOPT")} 0003`)],
  parseMumbleVersion: [parseMumbleVersion, hex("0000 0000000c 0884860412 07312e332e342d")],
  parseZabbixAnswer: [parseZabbixAnswer, hex("5a425844010600000000000000362e302e3134")],
  parseApcupsdStatus: [parseApcupsdStatus, hex(`0010 ${hexOf("APC      : 001,0")} 000c ${hexOf("VERSION  : 3")} 0000`)],
  parseNrpeAnswer: [parseNrpeAnswer, hex(`0002 0002 00000000 0000 ${hexOf("NRPE v4.1.0")} 00`)],
  parseEpmdNames: [parseEpmdNames, hex(`00001111 ${hexOf("name rabbit at port 25672\n")}`)],
  parseFastCgiAnswer: [parseFastCgiAnswer, hex("010a0000 0013 0500"), hex("010b0000 0008 0000")],
  parseMilterAnswer: [parseMilterAnswer, hex("0000000d4f000000060000011100100702")],
  parseSaneAnswer: [parseSaneAnswer, hex("0000000001010003")],
  parseIscsiAnswer: [
    parseIscsiAnswer,
    hex(`2304 0000 0000000f ${"00".repeat(28)} 0000 ${"00".repeat(10)} ${hexOf("AuthMethod=None")}`),
  ],
  parseRmiAck: [parseRmiAck, hex("4e 0009 3132372e302e302e31 0000c3ac")],
  parseJdwpHandshake: [parseJdwpHandshake, text("JDWP-Handshake")],
  parseJdwpVersion: [
    parseJdwpVersion,
    hex(
      `0000002d 00000001 80 0000 00000001 4a 00000011 00000000 00000007 ${hexOf("17.0.15")} 00000006 ${hexOf("OpenJD")}`,
    ),
  ],
  parseAjpPong: [parseAjpPong, hex("4142 0001 09")],
  parseAjpAnswer: [parseAjpAnswer, hex("4142 0008 04 0194 0000 00 0000 4142 0002 05 01")],
  parseRpcReply: [
    parseRpcReply,
    hex("80000018 48415242 00000001 00000000 00000000 00000000 00000001"),
    hex("80000014 48415242 00000001 00000001 00000000 00000002"),
  ],
  parseKerberosError: [parseKerberosError, hex("0000001a 7e18 3016 a003020105 a10302011e a603020106 a9051b03414243")],
  parseOpenVpnReset: [parseOpenVpnReset, hex("001a 40 1122334455667788 01 00000000 48415242494e4752 00000000")],
  parseSnmpReport: [
    parseSnmpReport,
    hex(
      "306e020103301002024a6902047fffffff0401000201030421301f041180001f88801147cb26940b0b6b000000000201010201000400040004003034041180001f88801147cb26940b0b6b000000000400a81d020237f00201000201003011300f060a2b060106030f01010400410101",
    ),
  ],
  parseNinePVersion: [parseNinePVersion, hex(`15000000 65 ffff 00200000 0800 ${hexOf("9P2000.L")}`)],
  parseSocks5Method: [parseSocks5Method, hex("0500"), hex("05ff")],
  parseTextAnswer: [(bytes) => parseTextAnswer(clamdVersion, bytes), text("ClamAV 1.4.6/27000/Sat Nov 28 2026\0")],
  parseHttpAnswer: [
    (bytes) => parseHttpAnswer(bytes, true),
    text("HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Length: 2\r\n\r\nhi"),
  ],
};

test("every parser of what servers answer has properties here", async () => {
  const files = globSync("*/{server,discovery-server}.ts", { cwd: wire });
  for (const file of [...files, "greeting/parse.ts", "greeting/line-greetings.ts", "greeting/text-answers.ts"]) {
    const exported: unknown = await import(pathToFileURL(path.join(wire, file)).href);
    assert.ok(typeof exported === "object" && exported !== null);
    for (const name of Object.keys(exported)) if (/^parse|^readReply$/.test(name)) assert.ok(name in parsers, name);
  }
});

/** Their answers hold bodies as long as their input, need its end, or follow from single bytes. */
const looser = new Set(["parseHttpAnswer", "parsePostgresqlSslAnswer", "parseKafkaMetadata", "parseDerbyAnswer"]);

for (const [name, [parser, ...valid]] of Object.entries(parsers)) {
  if (looser.has(name)) continue;
  // A greeting may end anywhere behind its proof; what follows is not looked at.
  describe(name, () => parserProperties(parser, { valid: [], streams: valid, runs: 60 }));
}

test("no parser throws, whatever comes, and none looks at bytes that a change elsewhere brings", () => {
  const samples = Object.values(parsers).flatMap(([, ...valid]) => valid);
  for (const [parser] of Object.values(parsers)) {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.uint8Array({ maxLength: 200 }),
        fc.nat({ max: 255 }),
        (sample, cut, tail, byte) => {
          const mixed = Buffer.concat([sample.subarray(0, cut % (sample.length + 1)), tail]);
          if (mixed.length > 0) mixed[cut % mixed.length] = byte;
          assert.ok(["match", "incomplete", "mismatch"].includes(parser(mixed).kind));
        },
      ),
      { numRuns: 150 },
    );
  }
});

test("a sample of each is a match", () => {
  for (const [name, [parser, ...valid]] of Object.entries(parsers)) {
    for (const message of valid)
      assert.equal(parser(message).kind, "match", `${name} ${Buffer.from(message).toString("hex")}`);
  }
});

function greeting(content: string) {
  const outcome = parse(text(content));
  assert.ok(outcome.kind === "match", content);
  const { protocol, product, version } = outcome.value;
  return [protocol, product, version];
}

test("greetings tell product and version", () => {
  assert.deepEqual(greeting("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"), ["ssh", "OpenSSH", "9.2p1"]);
  assert.deepEqual(greeting("SSH-2.0-dropbear_2022.83\r\n"), ["ssh", "dropbear", "2022.83"]);
  assert.deepEqual(greeting("SSH-2.0-Cisco-1.25\r\n"), ["ssh", "Cisco", "1.25"]);
  assert.deepEqual(greeting("220 (vsFTPd 3.0.3)\r\n"), ["ftp", "vsFTPd", "3.0.3"]);
  assert.deepEqual(greeting("220 ProFTPD 1.3.8 Server (Debian)\r\n"), ["ftp", "ProFTPD", "1.3.8"]);
  assert.deepEqual(greeting("220 mx.example.org ESMTP Exim 4.96 Mon\r\n"), ["smtp", "Exim", "4.96"]);
  assert.deepEqual(greeting("220 mx.example.org ESMTP Postfix (Debian/GNU)\r\n"), ["smtp", "Postfix", undefined]);
  assert.deepEqual(greeting("220 hello\r\n"), ["reply", undefined, undefined]);
  assert.deepEqual(greeting("554 5.7.1 <a[10.0.0.9]>: Client host rejected\r\n"), ["smtp", undefined, undefined]);
  assert.deepEqual(greeting("421 4.3.2 Too busy\r\n"), ["smtp", undefined, undefined]);
  assert.deepEqual(greeting("421 Too many users\r\n"), ["reply", undefined, undefined]);
  assert.deepEqual(greeting("220-first\r\n220-ftp of old\r\n220 ready\r\n"), ["ftp", undefined, undefined]);
});

test("the return code of CONNACK is its fourth byte, not its length", () => {
  assert.deepEqual(parseMqttConnack(hex("20020000")), {
    kind: "match",
    value: { returnCode: 0, sessionPresent: false },
    complete: true,
  });
  assert.equal(parseMqttConnack(hex("200200")).kind, "incomplete");
});

test("BER lengths are read in every form, wherever the fields then lie", () => {
  for (const length of ["0c", "810c", "82000c", "8300000c", "840000000c"]) {
    const outcome = parseLdapBindResponse(hex(`30${length} 020101 6107 0a0131 0400 0400`));
    assert.ok(outcome.kind === "match" && outcome.value.resultCode === 49, length);
  }
});

test("an HTTP body is put together from chunks, and ends with the connection where no length is given", () => {
  const chunked = parseHttpAnswer(
    text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
    false,
  );
  assert.ok(chunked.kind === "match" && chunked.complete && Buffer.from(chunked.value.body).toString() === "abcde");
  const open = text("HTTP/1.0 200 OK\r\n\r\nabc");
  const going = parseHttpAnswer(open, false);
  assert.ok(going.kind === "match" && !going.complete);
  const over = parseHttpAnswer(open, true);
  assert.ok(over.kind === "match" && over.complete);
});

test("a complaint about plain HTTP, and a redirect to TLS on the same port, are told from pages", () => {
  const answer = (content: string) => {
    const outcome = parseHttpAnswer(text(content), true);
    assert.ok(outcome.kind === "match");
    return outcome.value;
  };
  const complaint = "<h1>Error - Document follows</h1><p>This web server is running in SSL mode. Try the URL</p>";
  assert.ok(wantsTls(answer(`HTTP/1.0 200 Document follows\r\n\r\n${complaint}`)));
  assert.ok(!wantsTls(answer(`HTTP/1.0 200 OK\r\n\r\n${complaint}${"A long page. ".repeat(400)}`)));
  assert.ok(!wantsTls(answer("HTTP/1.1 400 Bad Request\r\n\r\nno")));
  const redirect = (location: string, status = 301) =>
    answer(`HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\n\r\n`);
  assert.ok(redirectsToTls(redirect("https://host:8443/x"), 8443));
  assert.ok(redirectsToTls(redirect("https://host/"), 443));
  assert.ok(!redirectsToTls(redirect("https://host/"), 8080));
  assert.ok(!redirectsToTls(redirect("http://host:8443/"), 8443));
  assert.ok(!redirectsToTls(redirect("/login"), 443));
  assert.ok(!redirectsToTls(redirect("https://host:8443/", 200), 8443));
});

test("names are read from servers and titles", () => {
  assert.deepEqual(serverProduct("nginx/1.22.1"), { product: "nginx", version: "1.22.1" });
  assert.deepEqual(serverProduct("Apache/2.4.57 (Debian)"), { product: "Apache", version: "2.4.57" });
  assert.deepEqual(serverProduct("Jetty(9.4.43.v20210629)"), { product: "Jetty", version: "9.4.43.v20210629" });
  assert.deepEqual(serverProduct("cloudflare"), { product: "cloudflare" });
  const miniDlna = { product: "MiniDLNA", version: "1.3.0" };
  assert.deepEqual(serverProduct("Debian DLNADOC/1.50 UPnP/1.0 MiniDLNA/1.3.0"), miniDlna);
  assert.deepEqual(serverProduct("Linux/4.9, UPnP/1.0, Portable SDK for UPnP devices/1.6.19"), {
    product: "Portable SDK for UPnP devices",
    version: "1.6.19",
  });
  assert.deepEqual(serverProduct("Linux, WEBACCESS/1.0, DIR-850L Ver 1.10WW"), {
    product: "WEBACCESS",
    version: "1.0",
  });
  for (const nobody of ["Debian", "Linux/5.10 Unspecified", "Ubuntu/22.04 UPnP/1.1", ""])
    assert.equal(serverProduct(nobody).version, undefined, nobody);
  assert.deepEqual(serverProduct("Debian"), {});
  assert.equal(titleOf(text("<html><TITLE lang=en>\n A  page </title>")), "A page");
  assert.equal(xorgVersion(12101007), "21.1.7");
  assert.equal(cassandraReleaseIn(text(`${"x".repeat(40)}4.1.3`)), "4.1.3");
});

test("answers in text tell product and version, and everything else is something else", () => {
  const told = (question: Parameters<typeof parseTextAnswer>[0], answer: string) => {
    const outcome = parseTextAnswer(question, text(answer));
    return outcome.kind === "match" ? outcome.value.version : outcome.kind;
  };
  assert.equal(told(clamdVersion, "ClamAV 1.4.6\0"), "1.4.6");
  assert.equal(told(clamdVersion, "HTTP/1.1 400 Bad Request\r\n\r\n"), "mismatch");
  assert.equal(told(beanstalkdStats, 'OK 20\r\n---\npid: 1\nversion: "1.12"\n'), "1.12");
  assert.equal(told(beanstalkdStats, "OK 1.1.20\n"), "incomplete");
  assert.equal(told(ircVersion, "HTTP/1.1 400 Bad Request\r\n\r\n"), "incomplete");
  assert.deepEqual(agentIn(text("SIP/2.0 200 OK\r\nServer: kamailio (5.6.3 (x86_64/linux))\r\n\r\n")), {
    product: "kamailio",
    version: "5.6.3",
  });
  assert.deepEqual(agentIn(text("RTSP/1.0 200 OK\r\nServer: AirTunes/105.1\r\n\r\n")), {
    product: "AirTunes",
    version: "105.1",
  });
  assert.equal(parseTextAnswer(sipOptions, text("SIP/2.0 200 OK\r\n")).kind, "incomplete");
});

test("the list of a port mapper is read to its end, and a cut one is none", () => {
  const list = hex(
    "00000001 000186a0 00000004 00000006 0000006f 00000001 000186a5 00000003 00000011 00004e50 00000000",
  );
  assert.deepEqual(rpcRegistrations(list), [
    { program: 100000, version: 4, protocol: "tcp", port: 111 },
    { program: 100005, version: 3, protocol: "udp", port: 20048 },
  ]);
  assert.equal(rpcRegistrations(list.subarray(0, 30)), undefined);
});

test("the error of a key distribution center tells its code, its realm and its words", () => {
  const outcome = parseKerberosError(
    hex(
      "000000ad7e81aa3081a7a003020105a10302011ea411180f32303236313132383137313231365aa505020307c096a603020106a7131b1148415242494e4745522e494e56414c4944a8163014a003020101a10d300b1b0968617262696e676572a9131b1148415242494e4745522e494e56414c4944aa263024a003020102a11d301b1b066b72627467741b1148415242494e4745522e494e56414c4944ab121b10434c49454e545f4e4f545f464f554e44",
    ),
  );
  assert.ok(outcome.kind === "match");
  assert.deepEqual(outcome.value, { code: 6, realm: "HARBINGER.INVALID", text: "CLIENT_NOT_FOUND" });
});
