import type { ProtocolModule } from "./protocol-module.ts";
import { amqp } from "./protocols/amqp.ts";
import { cassandra } from "./protocols/cassandra.ts";
import { derby } from "./protocols/derby.ts";
import { rdp, x11 } from "./protocols/desktop.ts";
import { dns } from "./protocols/dns.ts";
import { firebird } from "./protocols/firebird.ts";
import { flume } from "./protocols/flume.ts";
import { ftp } from "./protocols/ftp.ts";
import { greeters } from "./protocols/greeters.ts";
import { hazelcast } from "./protocols/hazelcast.ts";
import { coap, esphome } from "./protocols/home.ts";
import { http } from "./protocols/http.ts";
import { httpProxy } from "./protocols/http-proxy.ts";
import { http2 } from "./protocols/http2.ts";
import { ignite } from "./protocols/ignite.ts";
import { igniteDiscovery } from "./protocols/ignite-discovery.ts";
import { irc } from "./protocols/irc.ts";
import { ajp, jdwp, rmi } from "./protocols/java.ts";
import { kafka } from "./protocols/kafka.ts";
import { kerberos } from "./protocols/kerberos.ts";
import { ldap } from "./protocols/ldap.ts";
import { lpd } from "./protocols/lpd.ts";
import { imap, lmtp, pop3, smtp } from "./protocols/mail.ts";
import { memcached } from "./protocols/memcached.ts";
import { mongodb } from "./protocols/mongodb.ts";
import { apcupsd, epmd, fastcgi, milter, nrpe, sane, zabbixAgent, zabbixServer } from "./protocols/monitoring.ts";
import { mqtt } from "./protocols/mqtt.ts";
import { mssql } from "./protocols/mssql.ts";
import { mysql } from "./protocols/mysql.ts";
import { nats } from "./protocols/nats.ts";
import { openwire } from "./protocols/openwire.ts";
import { postgresql } from "./protocols/postgresql.ts";
import { redis } from "./protocols/redis.ts";
import { rpcbind } from "./protocols/rpc.ts";
import { rsync } from "./protocols/rsync.ts";
import { echo, finger, iperf3, time } from "./protocols/small-services.ts";
import { smb } from "./protocols/smb.ts";
import { socks5 } from "./protocols/socks.ts";
import { karaf, ssh } from "./protocols/ssh.ts";
import { stomp } from "./protocols/stomp.ts";
import { telnet } from "./protocols/telnet.ts";
import { textProtocols } from "./protocols/text-protocols.ts";
import { iscsi, ninep, openvpn, snmp } from "./protocols/tunnels.ts";
import { vnc } from "./protocols/vnc.ts";
import { zookeeper } from "./protocols/zookeeper.ts";

/** All protocols. On ports that belong to none of them they are tried in this order. */
export const protocolModules: readonly ProtocolModule[] = [
  ssh,
  karaf,
  smtp,
  ftp,
  lmtp,
  pop3,
  imap,
  telnet,
  mysql,
  nats,
  vnc,
  rsync,
  openwire,
  ...greeters,
  http,
  httpProxy,
  http2,
  redis,
  postgresql,
  mqtt,
  memcached,
  ldap,
  mongodb,
  amqp,
  kafka,
  zookeeper,
  mssql,
  smb,
  rdp,
  stomp,
  cassandra,
  x11,
  dns,
  derby,
  flume,
  ignite,
  igniteDiscovery,
  hazelcast,
  socks5,
  irc,
  rpcbind,
  kerberos,
  rmi,
  jdwp,
  ajp,
  epmd,
  zabbixAgent,
  zabbixServer,
  nrpe,
  iscsi,
  openvpn,
  fastcgi,
  milter,
  snmp,
  ninep,
  sane,
  apcupsd,
  echo,
  finger,
  lpd,
  time,
  iperf3,
  firebird,
  esphome,
  coap,
  ...textProtocols,
];
