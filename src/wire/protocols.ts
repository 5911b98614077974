import { adb } from "./adb/protocol.ts";
import { ajp } from "./ajp/protocol.ts";
import { ami } from "./ami/protocol.ts";
import { amqp } from "./amqp/protocol.ts";
import { bgp } from "./bgp/protocol.ts";
import { bitcoin } from "./bitcoin/protocol.ts";
import { bittorrent } from "./bittorrent/protocol.ts";
import { cassandra } from "./cassandra/protocol.ts";
import { clamd } from "./clamd/protocol.ts";
import { cvs } from "./cvs-pserver/protocol.ts";
import { dcerpc } from "./dcerpc/protocol.ts";
import { dicom } from "./dicom/protocol.ts";
import { dict } from "./dict/protocol.ts";
import { distcc } from "./distcc/protocol.ts";
import { dnp3 } from "./dnp3/protocol.ts";
import { dns } from "./dns/protocol.ts";
import { drda } from "./drda/protocol.ts";
import { epmd } from "./epmd/protocol.ts";
import { ethernetIp } from "./ethernet-ip/protocol.ts";
import { finger } from "./finger/protocol.ts";
import { fox } from "./fox/protocol.ts";
import { ftp } from "./ftp/protocol.ts";
import { gearman } from "./gearman/protocol.ts";
import { giop } from "./giop/protocol.ts";
import { git } from "./git/protocol.ts";
import { gopher } from "./gopher/protocol.ts";
import { gpsd } from "./gpsd/protocol.ts";
import { hadoopIpc } from "./hadoop-ipc/protocol.ts";
import { hl7 } from "./hl7/protocol.ts";
import { http } from "./http/protocol.ts";
import { http2 } from "./http2/protocol.ts";
import { ident } from "./ident/protocol.ts";
import { iec104 } from "./iec104/protocol.ts";
import { imap } from "./imap/protocol.ts";
import { irc } from "./irc/protocol.ts";
import { iscsi } from "./iscsi/protocol.ts";
import { javaRmi } from "./java-rmi/protocol.ts";
import { javaSerialization } from "./java-serialization/protocol.ts";
import { jdwp } from "./jdwp/protocol.ts";
import { kafka } from "./kafka/protocol.ts";
import { kerberos } from "./kerberos/protocol.ts";
import { ldap } from "./ldap/protocol.ts";
import { lpd } from "./lpd/protocol.ts";
import { memcached, memcachedBinary } from "./memcached/protocol.ts";
import { minecraft } from "./minecraft/protocol.ts";
import { modbus } from "./modbus/protocol.ts";
import { mongodb } from "./mongodb/protocol.ts";
import { mpd } from "./mpd/protocol.ts";
import { mqtt } from "./mqtt/protocol.ts";
import { mssql } from "./mssql/protocol.ts";
import { mysql } from "./mysql/protocol.ts";
import { nats, natsWithoutConnect } from "./nats/protocol.ts";
import { nbd } from "./nbd/protocol.ts";
import { nntp } from "./nntp/protocol.ts";
import { nrpe } from "./nrpe/protocol.ts";
import { nut } from "./nut/protocol.ts";
import { opcUa } from "./opc-ua/protocol.ts";
import { openvpn } from "./openvpn/protocol.ts";
import { oracle } from "./oracle/protocol.ts";
import { pjl } from "./pjl/protocol.ts";
import { pop3, pop3User } from "./pop3/protocol.ts";
import { postgresql } from "./postgresql/protocol.ts";
import { pptp } from "./pptp/protocol.ts";
import type { Candidate } from "./protocol.ts";
import { proxyProtocol } from "./proxy-protocol/protocol.ts";
import { rdp } from "./rdp/protocol.ts";
import { redis, redisInline } from "./redis/protocol.ts";
import { rexec } from "./rexec/protocol.ts";
import { rlogin } from "./rlogin/protocol.ts";
import { rpc } from "./rpc/protocol.ts";
import { rsh } from "./rsh/protocol.ts";
import { rsync } from "./rsync/protocol.ts";
import { rtmp } from "./rtmp/protocol.ts";
import { rtsp } from "./rtsp/protocol.ts";
import { s7 } from "./s7/protocol.ts";
import { sieve } from "./sieve/protocol.ts";
import { sip } from "./sip/protocol.ts";
import { smb } from "./smb/protocol.ts";
import { smtp } from "./smtp/protocol.ts";
import { snmp } from "./snmp/protocol.ts";
import { socks4 } from "./socks4/protocol.ts";
import { socks5 } from "./socks5/protocol.ts";
import { spamd } from "./spamd/protocol.ts";
import { ssh, sshAfterLines } from "./ssh/protocol.ts";
import { stomp } from "./stomp/protocol.ts";
import { svn } from "./svn/protocol.ts";
import { syslog } from "./syslog/protocol.ts";
import { t3 } from "./t3/protocol.ts";
import { telnet } from "./telnet/protocol.ts";
import { thrift } from "./thrift/protocol.ts";
import { tls } from "./tls/protocol.ts";
import { vnc } from "./vnc/protocol.ts";
import { whois } from "./whois/protocol.ts";
import { x11 } from "./x11/protocol.ts";
import { xmpp } from "./xmpp/protocol.ts";
import { zabbix } from "./zabbix/protocol.ts";
import { zeromq } from "./zeromq/protocol.ts";
import { zookeeper } from "./zookeeper/protocol.ts";

/**
 * The registry: every protocol that `identify` knows, one import and one line each.
 *
 * To add a protocol:
 * 1. make a folder `src/wire/<name>/` with `client.ts` (`parse(bytes: Uint8Array): Outcome<Value>`, read through
 *    `../reader.ts`), `client.test.ts` (real messages, and a property test with fast-check), and `protocol.ts`:
 *    ```ts
 *    export const redis = protocol({
 *      name: "redis",
 *      strength: "medium",
 *      firstBytes: anyOf("*"),
 *      parse,
 *      describe: (value) => ({ redis: { command: value.command } }),
 *    });
 *    ```
 * 2. import it here and add it to the list (and its name to `protocolNames` in `core/identification.ts` where it is new).
 *
 * Parsers are tried by strength, and within one strength in the order of this list: put the likelier one first.
 * A parser must say `mismatch` as soon as a byte contradicts it, for its sake and for the next one's.
 */
export const protocols: readonly Candidate[] = [
  tls,
  http,
  ssh,
  http2,
  proxyProtocol,
  rdp,
  smb,
  vnc,
  redis,
  postgresql,
  mqtt,
  mongodb,
  mssql,
  ldap,
  sip,
  rtsp,
  amqp,
  javaRmi,
  javaSerialization,
  jdwp,
  adb,
  cassandra,
  rpc,
  s7,
  dnp3,
  bittorrent,
  stomp,
  nats,
  x11,
  smtp,
  dns,
  telnet,
  mysql,
  kafka,
  imap,
  pop3,
  memcachedBinary,
  zookeeper,
  modbus,
  minecraft,
  socks5,
  redisInline,
  ftp,
  memcached,
  socks4,
  pop3User,
  natsWithoutConnect,
  sshAfterLines,
  oracle,
  kerberos,
  dcerpc,
  opcUa,
  ethernetIp,
  git,
  rsync,
  t3,
  giop,
  ajp,
  pjl,
  xmpp,
  fox,
  irc,
  iec104,
  epmd,
  lpd,
  syslog,
  openvpn,
  rtmp,
  rsh,
  rlogin,
  drda,
  thrift,
  dict,
  cvs,
  zabbix,
  iscsi,
  dicom,
  hl7,
  bgp,
  pptp,
  hadoopIpc,
  zeromq,
  spamd,
  bitcoin,
  snmp,
  svn,
  nrpe,
  nbd,
  gearman,
  distcc,
  clamd,
  sieve,
  ami,
  mpd,
  gpsd,
  nut,
  nntp,
  ident,
  whois,
  finger,
  gopher,
  rexec,
];
