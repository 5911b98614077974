import type { Port } from "./ports.ts";

/** Ports of one kind of service. */
export interface PortGroup {
  readonly name: string;
  /** What usually listens on them, in the order of the ports. */
  readonly services: string;
  /** Why it matters where they are open. */
  readonly reason: string;
  readonly ports: readonly Port[];
}

/**
 * The ports that are worth probing on every network, grouped by service. Our own choice, from the registry of
 * IANA (https://www.iana.org/assignments/service-names-port-numbers) and from the manuals of what is found in homes and
 * offices; it has no order of frequency. A port is in it because an open one is useful to its owner, to an intruder, or to both.
 */
export const commonPortGroups: readonly PortGroup[] = [
  {
    name: "remote access",
    services: "SSH, Telnet, PPTP, RDP, VNC, TeamViewer, WinRM",
    reason: "a login here gives control of the machine",
    ports: [22, 23, 1723, 2222, 2323, 3389, 5800, 5900, 5901, 5938, 5985, 5986],
  },
  {
    name: "file sharing",
    services: "FTP, RPC, NetBIOS, SMB, AFP, rsync, NFS, iSCSI",
    reason: "documents and backups, often open to the whole network",
    ports: [21, 111, 135, 139, 445, 548, 873, 2049, 3260],
  },
  {
    name: "web",
    services: "HTTP, HTTPS and proxies",
    reason: "sites, and the setup pages of nearly every device",
    ports: [80, 81, 443, 3000, 3128, 4443, 5000, 8000, 8008, 8080, 8081, 8088, 8443, 8888, 9000, 9443],
  },
  {
    name: "mail",
    services: "SMTP, POP3, IMAP",
    reason: "an unknown mail server may send spam",
    ports: [25, 110, 143, 465, 587, 993, 995],
  },
  {
    name: "names and directories",
    services: "DNS, Kerberos, LDAP",
    reason: "they resolve names and accounts, and a rogue one misleads every client",
    ports: [53, 88, 389, 636],
  },
  {
    name: "databases",
    services:
      "SQL Server, Oracle, MySQL, PostgreSQL, CouchDB, Redis, InfluxDB, Cassandra, Elasticsearch, memcached, MongoDB",
    reason: "often without a password",
    ports: [1433, 1521, 3306, 5432, 5984, 6379, 8086, 9042, 9200, 11211, 27017],
  },
  {
    name: "messages between programs",
    services: "MQTT, NATS, AMQP, Kafka, RabbitMQ's console",
    reason: "they control devices and carry data, often without a password",
    ports: [1883, 4222, 5672, 8883, 9092, 15672],
  },
  {
    name: "printers",
    services: "LPD, IPP, JetDirect",
    reason: "rarely updated, and they store printed documents",
    ports: [515, 631, 9100],
  },
  {
    name: "cameras and telephones",
    services: "RTSP, H.323, SIP, recorders by XMeye and Dahua",
    reason: "pictures and calls; often attacked",
    ports: [554, 1720, 5060, 5061, 8554, 34567, 37777],
  },
  {
    name: "smart home, media and control",
    services: "S7, Modbus, Sonos, ESPHome, AirPlay, Chromecast, Jellyfin, Home Assistant, Plex, UPnP, Apple devices",
    reason: "devices that are rarely updated, and those that control machines",
    ports: [102, 502, 1400, 6053, 7000, 8009, 8096, 8123, 32400, 49152, 62078],
  },
  {
    name: "administration",
    services: "BGP, Docker, Synology, Kubernetes, TR-069, Proxmox, MikroTik, Cockpit, Prometheus, Webmin, Netdata",
    reason: "they control other systems",
    ports: [179, 2375, 2376, 5001, 6443, 7547, 8006, 8291, 8728, 9090, 10000, 10250, 19999],
  },
];

/** All of them in order, each once. */
export const commonPorts: readonly Port[] = [...new Set(commonPortGroups.flatMap(({ ports }) => ports))].sort(
  (a, b) => a - b,
);
