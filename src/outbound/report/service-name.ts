/** Names that are written in more than one capital letter, by how the catalogue of services calls them. */
const writtenOtherwise: Readonly<Record<string, string>> = {
  amqp: "AMQP",
  activemq: "ActiveMQ",
  clickhouse: "ClickHouse",
  couchdb: "CouchDB",
  dns: "DNS",
  etcd: "etcd",
  ftp: "FTP",
  imap: "IMAP",
  influxdb: "InfluxDB",
  ldap: "LDAP",
  minio: "MinIO",
  mongodb: "MongoDB",
  mqtt: "MQTT",
  mssql: "SQL Server",
  mysql: "MySQL",
  nats: "NATS",
  neo4j: "Neo4j",
  "openvpn-as": "OpenVPN",
  pgadmin: "pgAdmin",
  pop3: "POP3",
  postgresql: "PostgreSQL",
  rabbitmq: "RabbitMQ",
  "rabbitmq-management": "RabbitMQ management",
  rdp: "RDP",
  rsync: "rsync",
  smb: "SMB",
  smtp: "SMTP",
  sonarqube: "SonarQube",
  ssh: "SSH",
  stomp: "STOMP",
  teamcity: "TeamCity",
  tensorboard: "TensorBoard",
  vnc: "VNC",
  weblogic: "WebLogic",
  websphere: "WebSphere",
  wildfly: "WildFly",
  x11: "X11",
  zookeeper: "ZooKeeper",
};

/**
 * What is exposed, from what was found: `redis 7.0.15: answers INFO without a password` is Redis.
 * @returns `undefined` where the text does not begin with a name
 */
export function serviceName(detail: string): string | undefined {
  const name = /^([a-z0-9][a-z0-9-]{0,30})(?: [^:]{0,60})?: /.exec(detail.slice(0, 120))?.[1];
  if (name === undefined) return undefined;
  const written = Object.hasOwn(writtenOtherwise, name) ? writtenOtherwise[name] : undefined;
  return written ?? name.charAt(0).toUpperCase() + name.slice(1);
}
