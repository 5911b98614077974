/**
 * Protocols by the name under which people know them, where it is more than the short name in capitals. Short names are
 * those of `identify` for clients and of the check `service` for servers.
 */
const titles: ReadonlyMap<string, string> = new Map([
  ["avro", "Avro"],
  ["bitcoin", "Bitcoin"],
  ["bittorrent", "BitTorrent"],
  ["cassandra", "Cassandra"],
  ["dcerpc", "DCE/RPC"],
  ["ethernet-ip", "EtherNet/IP"],
  ["finger", "Finger"],
  ["fox", "Niagara Fox"],
  ["git", "Git"],
  ["gopher", "Gopher"],
  ["hadoop-ipc", "Hadoop IPC"],
  ["hazelcast", "Hazelcast"],
  ["http2", "HTTP/2"],
  ["iec104", "IEC 104"],
  ["ignite", "Apache Ignite"],
  ["iscsi", "iSCSI"],
  ["java-rmi", "Java RMI"],
  ["java-serialization", "Java serialization"],
  ["kafka", "Kafka"],
  ["kerberos", "Kerberos"],
  ["mariadb", "MariaDB"],
  ["memcached", "Memcached"],
  ["minecraft", "Minecraft"],
  ["modbus", "Modbus"],
  ["mongodb", "MongoDB"],
  ["mssql", "Microsoft SQL Server"],
  ["mysql", "MySQL"],
  ["none", "no data"],
  ["opc-ua", "OPC UA"],
  ["openvpn", "OpenVPN"],
  ["openwire", "OpenWire"],
  ["oracle", "Oracle"],
  ["postgresql", "PostgreSQL"],
  ["proxy", "PROXY protocol"],
  ["redis", "Redis"],
  ["rexec", "rexec"],
  ["rlogin", "rlogin"],
  ["rpc", "ONC RPC"],
  ["rsh", "rsh"],
  ["rsync", "rsync"],
  ["s7", "S7"],
  ["socks4", "SOCKS 4"],
  ["socks5", "SOCKS 5"],
  ["spamd", "SpamAssassin"],
  ["syslog", "Syslog"],
  ["t3", "WebLogic T3"],
  ["telnet", "Telnet"],
  ["thrift", "Thrift"],
  ["unknown", "unknown protocol"],
  ["whois", "Whois"],
  ["zabbix", "Zabbix"],
  ["zeromq", "ZeroMQ"],
  ["zookeeper", "ZooKeeper"],
]);

/**
 * `SSH`, `Redis`, `PostgreSQL`: a protocol as people call it, from its short name. A longer name that is not known here, such
 * as some of nmap's, stays as it is.
 */
export function protocolTitle(name: string): string {
  return titles.get(name) ?? (name.length <= 5 ? name.toUpperCase() : name);
}
