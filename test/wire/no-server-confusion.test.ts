import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseAjpAnswer, parseAjpPong } from "../../src/wire/ajp/server.ts";
import { parseAmqpLogin, parseAmqpStart } from "../../src/wire/amqp/server.ts";
import { parseApcupsdStatus } from "../../src/wire/apcupsd/server.ts";
import { parseAvroAnswer } from "../../src/wire/avro/server.ts";
import { beanstalkdStats } from "../../src/wire/beanstalkd/server.ts";
import { boincVersions } from "../../src/wire/boinc/server.ts";
import { parseCassandraAnswer } from "../../src/wire/cassandra/server.ts";
import { clamdVersion } from "../../src/wire/clamd/server.ts";
import { parseCoapSignals } from "../../src/wire/coap/server.ts";
import { conserverHelp } from "../../src/wire/conserver/server.ts";
import { cvsGreeting } from "../../src/wire/cvs-pserver/server.ts";
import { parseDerbyAnswer } from "../../src/wire/derby/server.ts";
import { distccEmptyProgram } from "../../src/wire/distcc/server.ts";
import { parseDnsVersion } from "../../src/wire/dns/server.ts";
import { parseEpmdNames } from "../../src/wire/epmd/server.ts";
import { parseEsphomeAnswer } from "../../src/wire/esphome/server.ts";
import { parseFastCgiAnswer } from "../../src/wire/fastcgi/server.ts";
import { parseFirebirdAnswer } from "../../src/wire/firebird/server.ts";
import { gearmanVersion } from "../../src/wire/gearman/server.ts";
import { gitRequest } from "../../src/wire/git/server.ts";
import { gopherMenu } from "../../src/wire/gopher/server.ts";
import { parseTextGreeting } from "../../src/wire/greeting/line-greetings.ts";
import { parse as parseGreeting, readReply } from "../../src/wire/greeting/parse.ts";
import { parseTextAnswer } from "../../src/wire/greeting/text-answers.ts";
import { parseHazelcastAnswer } from "../../src/wire/hazelcast/server.ts";
import { parseHttpAnswer } from "../../src/wire/http/server.ts";
import { parseHttp2Settings } from "../../src/wire/http2/server.ts";
import { identQuery } from "../../src/wire/ident/server.ts";
import { parseIgniteDiscoveryAnswer } from "../../src/wire/ignite/discovery-server.ts";
import { parseIgniteAnswer } from "../../src/wire/ignite/server.ts";
import { imapId } from "../../src/wire/imap/server.ts";
import { ircVersion } from "../../src/wire/irc/server.ts";
import { parseIscsiAnswer } from "../../src/wire/iscsi/server.ts";
import { parseRmiAck } from "../../src/wire/java-rmi/server.ts";
import { parseJdwpHandshake, parseJdwpVersion } from "../../src/wire/jdwp/server.ts";
import { parseKafkaApiVersions, parseKafkaMetadata, parseKafkaSaslHandshake } from "../../src/wire/kafka/server.ts";
import { parseKerberosError } from "../../src/wire/kerberos/server.ts";
import { parseLdapBindResponse, parseLdapSearchAnswer } from "../../src/wire/ldap/server.ts";
import { lircdVersion } from "../../src/wire/lirc/server.ts";
import { parseMemcachedStats, parseMemcachedVersion } from "../../src/wire/memcached/server.ts";
import { parseMilterAnswer } from "../../src/wire/milter/server.ts";
import { parseMongoReply } from "../../src/wire/mongodb/server.ts";
import { parseMqttConnack, parseMqttPublish } from "../../src/wire/mqtt/server.ts";
import { parseMssqlPrelogin } from "../../src/wire/mssql/server.ts";
import { parseMumbleVersion } from "../../src/wire/mumble/server.ts";
import { parseMysqlGreeting } from "../../src/wire/mysql/server.ts";
import { parseNatsAnswer, parseNatsInfo } from "../../src/wire/nats/server.ts";
import { parseNbdGreeting } from "../../src/wire/nbd/server.ts";
import { parseNinePVersion } from "../../src/wire/ninep/server.ts";
import { parseNrpeAnswer } from "../../src/wire/nrpe/server.ts";
import { upsdVersion } from "../../src/wire/nut/server.ts";
import { parseOpenVpnReset } from "../../src/wire/openvpn/server.ts";
import type { Outcome } from "../../src/wire/outcome.ts";
import { pop3Capabilities } from "../../src/wire/pop3/server.ts";
import {
  parsePostgresqlAnswer,
  parsePostgresqlSslAnswer,
  parsePostgresqlVersion,
} from "../../src/wire/postgresql/server.ts";
import { parseRdpAnswer } from "../../src/wire/rdp/server.ts";
import { parseRedisReply } from "../../src/wire/redis/server.ts";
import { parseRpcReply } from "../../src/wire/rpc/server.ts";
import { rtspOptions } from "../../src/wire/rtsp/server.ts";
import { parseSaneAnswer } from "../../src/wire/sane/server.ts";
import { sipOptions } from "../../src/wire/sip/server.ts";
import { parseSmbAnswer } from "../../src/wire/smb/server.ts";
import { snapserverStatus } from "../../src/wire/snapcast/server.ts";
import { parseSnmpReport } from "../../src/wire/snmp/server.ts";
import { parseSocks4Reply } from "../../src/wire/socks4/server.ts";
import { parseSocks5Method, parseSocks5Reply } from "../../src/wire/socks5/server.ts";
import { spamdPing } from "../../src/wire/spamd/server.ts";
import { parseStompAnswer } from "../../src/wire/stomp/server.ts";
import { torProtocolInfo } from "../../src/wire/tor/server.ts";
import { parseVeNCryptTypes, parseVeNCryptVersion, parseVncSecurity } from "../../src/wire/vnc/server.ts";
import { parseX11Answer } from "../../src/wire/x11/server.ts";
import { xmppStream } from "../../src/wire/xmpp/server.ts";
import { xymonPing } from "../../src/wire/xymon/server.ts";
import { parseZabbixAnswer } from "../../src/wire/zabbix/server.ts";
import { parseZookeeperChildren, parseZookeeperSession, parseZookeeperSrvr } from "../../src/wire/zookeeper/server.ts";
import { text } from "./messages.ts";
import { serverAnswers } from "./server-answers.ts";

type Parser = (bytes: Uint8Array) => Outcome<unknown>;

const binaryParsers: Readonly<Record<keyof typeof serverAnswers, Parser>> = {
  parseAjpPong,
  parseAjpAnswer,
  parseAmqpStart,
  parseAmqpLogin,
  parseApcupsdStatus,
  parseAvroAnswer,
  parseCassandraAnswer,
  parseCoapSignals,
  parseDerbyAnswer,
  parseDnsVersion,
  parseEpmdNames,
  parseEsphomeAnswer,
  parseFastCgiAnswer,
  parseFirebirdAnswer,
  parseHazelcastAnswer,
  parseHttpAnswer: (bytes) => parseHttpAnswer(bytes, true),
  parseHttp2Settings,
  parseIgniteDiscoveryAnswer,
  parseIgniteAnswer,
  parseIscsiAnswer,
  parseRmiAck,
  parseJdwpHandshake,
  parseJdwpVersion,
  parseKafkaApiVersions: (bytes) => parseKafkaApiVersions(bytes, 0),
  parseKafkaMetadata: (bytes) => parseKafkaMetadata(bytes, 1),
  parseKafkaSaslHandshake,
  parseKerberosError,
  parseLdapBindResponse,
  parseLdapSearchAnswer,
  parseMemcachedVersion,
  parseMemcachedStats,
  parseMilterAnswer,
  parseMongoReply,
  parseMqttConnack,
  parseMqttPublish,
  parseMssqlPrelogin,
  parseMumbleVersion,
  parseMysqlGreeting,
  parseNatsInfo,
  parseNatsAnswer,
  parseNbdGreeting,
  parseNinePVersion,
  parseNrpeAnswer,
  parseOpenVpnReset,
  parsePostgresqlSslAnswer,
  parsePostgresqlAnswer,
  parsePostgresqlVersion,
  parseRdpAnswer,
  parseRedisReply,
  parseRpcReply,
  parseSaneAnswer,
  parseSmbAnswer,
  parseSnmpReport,
  parseSocks4Reply,
  parseSocks5Reply,
  parseSocks5Method,
  parseStompAnswer,
  parseVncSecurity: (bytes) => parseVncSecurity(bytes, 8),
  parseVeNCryptVersion,
  parseVeNCryptTypes,
  parseX11Answer,
  parseZabbixAnswer,
  parseZookeeperSrvr,
  parseZookeeperSession,
  parseZookeeperChildren,
  parseGreeting,
  readReply,
  parseTextGreeting,
};

/** Requests in text, each with an answer. */
const textAnswers = [
  ["beanstalkdStats", beanstalkdStats, 'OK 45\r\n---\npid: 1\nversion: "1.12"\n'],
  [
    "boincVersions",
    boincVersions,
    "<boinc_gui_rpc_reply>\n<server_version>\n<major>7</major>\n<minor>20</minor>\n<release>5</release>\n",
  ],
  ["clamdVersion", clamdVersion, "ClamAV 1.4.6/27000/Sat Nov 28 2026\0"],
  ["conserverHelp", conserverHelp, "ok\r\nexit    disconnect\r\nlogin   log in\r\n"],
  ["cvsGreeting", cvsGreeting, "cvs [pserver aborted]: bad auth protocol start: HARBINGER\n\n"],
  ["distccEmptyProgram", distccEmptyProgram, "DONE00000001STAT00000100"],
  ["gearmanVersion", gearmanVersion, "OK 1.1.20\n"],
  ["gitRequest", gitRequest, "0033ERR access denied or repository not exported: /x"],
  ["gopherMenu", gopherMenu, "0About\t/about.txt\thost\t70\r\n"],
  ["identQuery", identQuery, "1, 1 : ERROR : NO-USER\r\n"],
  ["imapId", imapId, '* ID ("name" "Dovecot")\r\na0 OK ID completed.\r\n'],
  ["ircVersion", ircVersion, ":irc.example.org 451 * :You have not registered\r\n"],
  ["lircdVersion", lircdVersion, "BEGIN\nVERSION\nSUCCESS\nDATA\n1\n0.10.1\nEND\n"],
  ["upsdVersion", upsdVersion, "Network UPS Tools upsd 2.8.0 - http://www.networkupstools.org/\n"],
  ["pop3Capabilities", pop3Capabilities, "+OK\r\nCAPA\r\n.\r\n"],
  ["rtspOptions", rtspOptions, "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"],
  ["sipOptions", sipOptions, "SIP/2.0 200 OK\r\nCSeq: 1 OPTIONS\r\n\r\n"],
  ["snapserverStatus", snapserverStatus, '{"id":1,"jsonrpc":"2.0","result":{"snapserver":{"version":"0.26.0"}}}\r\n'],
  ["spamdPing", spamdPing, "SPAMD/1.5 0 PONG\r\n"],
  [
    "torProtocolInfo",
    torProtocolInfo,
    '250-PROTOCOLINFO 1\r\n250-AUTH METHODS=NULL\r\n250-VERSION Tor="0.4.8.9"\r\n250 OK\r\n',
  ],
  ["xmppStream", xmppStream, "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1'>"],
  ["xymonPing", xymonPing, "xymond 4.3.30"],
] as const;

interface Server {
  readonly name: string;
  readonly parse: Parser;
  readonly answers: readonly Uint8Array[];
}

const servers: readonly Server[] = [
  ...Object.entries(binaryParsers).map(([name, parse]) => ({ name, parse, answers: answersOf(name) })),
  ...textAnswers.map(([name, question, answer]) => ({
    name,
    parse: (bytes: Uint8Array) => parseTextAnswer(question, bytes),
    answers: [text(answer)],
  })),
];
function answersOf(name: string): readonly Uint8Array[] {
  return new Map<string, readonly Uint8Array[]>(Object.entries(serverAnswers)).get(name) ?? [];
}

// These read any bytes in their format. They run only after the server's earlier answers have proved the protocol.
const afterProof: ReadonlySet<string> = new Set([
  "parseMqttPublish",
  "parseVncSecurity",
  "parseVeNCryptVersion",
  "parseVeNCryptTypes",
  "parseZookeeperChildren",
  "readReply",
]);

// The same bytes are an answer in both protocols.
const readings: Readonly<Record<string, readonly string[]>> = {
  parseEpmdNames: ["parseFirebirdAnswer"], // a small number in four bytes
  parseMemcachedStats: ["parseMemcachedVersion"], // an error
  parseMysqlGreeting: ["parseGreeting"],
  parseNatsInfo: ["parseGreeting"],
  parseRedisReply: ["parseNatsAnswer", "parseGreeting", "pop3Capabilities"], // +OK, -ERR: the greeting decides
  parseGreeting: [
    ...["parseMumbleVersion", "parseMysqlGreeting", "parseNatsInfo", "parseNbdGreeting", "parseTextGreeting"],
    ...["readReply", "pop3Capabilities"],
  ],
  pop3Capabilities: ["parseNatsAnswer"], // -ERR
};

describe("no server is mistaken for another", () => {
  for (const { name, parse, answers } of servers) {
    test(`${name} recognises its own answers and no others`, () => {
      for (const answer of answers) assert.equal(parse(answer).kind, "match", Buffer.from(answer).toString("hex"));
      if (afterProof.has(name)) return;
      const taken = servers.filter(
        (other) => other.name !== name && other.answers.some((answer) => parse(answer).kind === "match"),
      );
      assert.deepEqual(taken.map((other) => other.name).sort(), (readings[name] ?? []).toSorted());
    });
  }
});
