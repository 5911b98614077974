import { adb } from "./adb/client.ts";
import { ajp } from "./ajp/client.ts";
import { ami } from "./ami/client.ts";
import { amqp } from "./amqp/client.ts";
import { bgp } from "./bgp/client.ts";
import { bitcoin } from "./bitcoin/client.ts";
import { bittorrent } from "./bittorrent/client.ts";
import { cassandra } from "./cassandra/client.ts";
import { clamd } from "./clamd/client.ts";
import { cvs } from "./cvs-pserver/client.ts";
import { dcerpc } from "./dcerpc/client.ts";
import { dicom } from "./dicom/client.ts";
import { dict } from "./dict/client.ts";
import { distcc } from "./distcc/client.ts";
import { dnp3 } from "./dnp3/client.ts";
import { dns } from "./dns/client.ts";
import { drda } from "./drda/client.ts";
import { epmd } from "./epmd/client.ts";
import { ethernetIp } from "./ethernet-ip/client.ts";
import { finger } from "./finger/client.ts";
import { fox } from "./fox/client.ts";
import { ftp } from "./ftp/client.ts";
import { gearman } from "./gearman/client.ts";
import { giop } from "./giop/client.ts";
import { git } from "./git/client.ts";
import { gopher } from "./gopher/client.ts";
import { gpsd } from "./gpsd/client.ts";
import { hadoopIpc } from "./hadoop-ipc/client.ts";
import { hl7 } from "./hl7/client.ts";
import { http } from "./http/client.ts";
import { http2 } from "./http2/client.ts";
import { ident } from "./ident/client.ts";
import { iec104 } from "./iec104/client.ts";
import { imap } from "./imap/client.ts";
import { irc } from "./irc/client.ts";
import { iscsi } from "./iscsi/client.ts";
import { javaRmi } from "./java-rmi/client.ts";
import { javaSerialization } from "./java-serialization/client.ts";
import { jdwp } from "./jdwp/client.ts";
import { kafka } from "./kafka/client.ts";
import { kerberos } from "./kerberos/client.ts";
import { ldap } from "./ldap/client.ts";
import { lpd } from "./lpd/client.ts";
import { memcached, memcachedBinary } from "./memcached/client.ts";
import { minecraft } from "./minecraft/client.ts";
import { modbus } from "./modbus/client.ts";
import { mongodb } from "./mongodb/client.ts";
import { mpd } from "./mpd/client.ts";
import { mqtt } from "./mqtt/client.ts";
import { mssql } from "./mssql/client.ts";
import { mysql } from "./mysql/client.ts";
import { nats, natsWithoutConnect } from "./nats/client.ts";
import { nbd } from "./nbd/client.ts";
import { nntp } from "./nntp/client.ts";
import { nrpe } from "./nrpe/client.ts";
import { nut } from "./nut/client.ts";
import { opcUa } from "./opc-ua/client.ts";
import { openvpn } from "./openvpn/client.ts";
import { oracle } from "./oracle/client.ts";
import { pjl } from "./pjl/client.ts";
import { pop3, pop3User } from "./pop3/client.ts";
import { postgresql } from "./postgresql/client.ts";
import { pptp } from "./pptp/client.ts";
import type { Candidate } from "./protocol.ts";
import { proxyProtocol } from "./proxy-protocol/client.ts";
import { rdp } from "./rdp/client.ts";
import { redis, redisInline } from "./redis/client.ts";
import { rexec } from "./rexec/client.ts";
import { rlogin } from "./rlogin/client.ts";
import { rpc } from "./rpc/client.ts";
import { rsh } from "./rsh/client.ts";
import { rsync } from "./rsync/client.ts";
import { rtmp } from "./rtmp/client.ts";
import { rtsp } from "./rtsp/client.ts";
import { s7 } from "./s7/client.ts";
import { sieve } from "./sieve/client.ts";
import { sip } from "./sip/client.ts";
import { smb } from "./smb/client.ts";
import { smtp } from "./smtp/client.ts";
import { snmp } from "./snmp/client.ts";
import { socks4 } from "./socks4/client.ts";
import { socks5 } from "./socks5/client.ts";
import { spamd } from "./spamd/client.ts";
import { ssh, sshAfterLines } from "./ssh/client.ts";
import { stomp } from "./stomp/client.ts";
import { svn } from "./svn/client.ts";
import { syslog } from "./syslog/client.ts";
import { t3 } from "./t3/client.ts";
import { telnet } from "./telnet/client.ts";
import { thrift } from "./thrift/client.ts";
import { tls } from "./tls/client.ts";
import { vnc } from "./vnc/client.ts";
import { whois } from "./whois/client.ts";
import { x11 } from "./x11/client.ts";
import { xmpp } from "./xmpp/client.ts";
import { zabbix } from "./zabbix/client.ts";
import { zeromq } from "./zeromq/client.ts";
import { zookeeper } from "./zookeeper/client.ts";

/**
 * Every protocol that `identify` recognises: one import and one line each.
 *
 * To add a protocol, see docs/extending-parser.md.
 *
 * Parsers run in order of strength, and within one strength in the order of this list: put the more likely one first.
 * A parser must return `mismatch` as soon as a byte contradicts its protocol: while it returns `incomplete`, no weaker
 * parser can decide.
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
