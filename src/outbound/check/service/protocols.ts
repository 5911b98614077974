import type { ProtocolModule } from "./protocol-module.ts";
import { amqp } from "./protocols/amqp.ts";
import { cassandra } from "./protocols/cassandra.ts";
import { derby } from "./protocols/derby.ts";
import { rdp, x11 } from "./protocols/desktop.ts";
import { dns } from "./protocols/dns.ts";
import { flume } from "./protocols/flume.ts";
import { ftp } from "./protocols/ftp.ts";
import { hazelcast } from "./protocols/hazelcast.ts";
import { http } from "./protocols/http.ts";
import { httpProxy } from "./protocols/http-proxy.ts";
import { ignite } from "./protocols/ignite.ts";
import { igniteDiscovery } from "./protocols/ignite-discovery.ts";
import { kafka } from "./protocols/kafka.ts";
import { ldap } from "./protocols/ldap.ts";
import { imap, pop3, smtp } from "./protocols/mail.ts";
import { memcached } from "./protocols/memcached.ts";
import { mongodb } from "./protocols/mongodb.ts";
import { mqtt } from "./protocols/mqtt.ts";
import { mssql } from "./protocols/mssql.ts";
import { mysql } from "./protocols/mysql.ts";
import { nats } from "./protocols/nats.ts";
import { openwire } from "./protocols/openwire.ts";
import { postgresql } from "./protocols/postgresql.ts";
import { redis } from "./protocols/redis.ts";
import { rsync } from "./protocols/rsync.ts";
import { smb } from "./protocols/smb.ts";
import { karaf, ssh } from "./protocols/ssh.ts";
import { stomp } from "./protocols/stomp.ts";
import { telnet } from "./protocols/telnet.ts";
import { vnc } from "./protocols/vnc.ts";
import { zookeeper } from "./protocols/zookeeper.ts";

/** Every protocol that is spoken here. On ports that tell nothing they are tried in this order. */
export const protocolModules: readonly ProtocolModule[] = [
  ssh,
  karaf,
  smtp,
  ftp,
  pop3,
  imap,
  telnet,
  mysql,
  nats,
  vnc,
  rsync,
  openwire,
  http,
  httpProxy,
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
];
