/** A script of the earlier tool's `post_command/` folder, and what replaces it. */
export interface EarlierScript {
  /** File name without `.py` or `.sh`. */
  readonly name: string;
  /** The port where a call names none; `undefined` where a call has to name one. */
  readonly usualPort?: number | undefined;
  /** The built-in check for a helper, whose exit status shows the outcome. */
  readonly check?: "port" | "tls" | "http" | "cert" | "kafka";
  /** Entries of the exposure catalogue: the one with the port of the call is used, or else the first. */
  readonly services?: readonly string[];
  /** There is also a `NAME.sh`. */
  readonly hasShellForm: boolean;
}

const helpers: readonly EarlierScript[] = [
  { name: "port_check", check: "port", hasShellForm: false },
  { name: "tls_check", check: "tls", hasShellForm: false },
  { name: "cert_collector", check: "cert", hasShellForm: false },
  { name: "http_check", check: "http", hasShellForm: true },
  { name: "kafka", usualPort: 9092, check: "kafka", hasShellForm: true },
];

/** Scripts about one service each: the name, its usual port, and the catalogue's names where they differ. */
const services: readonly (readonly [name: string, usualPort: number, ...services: string[]])[] = [
  ["activemq-web", 8161, "activemq"],
  ["alertmanager", 9093],
  ["artifactory", 8081],
  ["arubaos", 4343],
  ["cassandra", 9042],
  ["chronograf", 8888],
  ["ciscowlc", 1025],
  ["clickhouse", 8123],
  ["confluence", 8090],
  ["consul", 8500],
  ["couchdb", 5984],
  ["derby", 1527],
  ["docker-api", 2375, "docker"],
  ["drill", 8047],
  ["elasticsearch", 9200],
  ["etcd", 2379],
  ["flink", 8081],
  ["flume", 41414],
  ["fsnsg", 8181],
  ["fsnsg-https", 44433, "fsnsg"],
  ["grafana", 3000],
  ["graylog", 9000],
  ["hadoop-namenode", 9870],
  ["hazelcast", 5701],
  ["ibmwat", 12104],
  ["ibmwat-secure", 12105, "ibmwat"],
  // The earlier tool's `ignite` is about discovery between nodes, `ignite-thin` about clients.
  ["ignite", 47500, "ignite-discovery", "ignite"],
  ["ignite-thin", 10800, "ignite"],
  ["influxdb", 8086],
  ["jaeger", 16686],
  ["jmeter", 8888],
  ["karaf-ssh", 8101, "karaf"],
  ["karaf-web", 8181],
  ["kibana", 5601],
  ["kylin", 7070],
  ["ldap", 389],
  ["memcached", 11211],
  ["minio-console", 9001, "minio"],
  ["mongodb", 27017],
  ["mosquitto", 1883, "mqtt"],
  ["mssql", 1433],
  ["mysql", 3306],
  ["nats", 4222],
  ["neo4j", 7474],
  ["nomad", 4646],
  ["openvpn-as", 943],
  ["pgadmin", 5050],
  ["postgresql", 5432],
  ["prometheus", 9090],
  ["pushgateway", 9091],
  ["rabbitmq-web", 15672, "rabbitmq-management"],
  ["redis", 6379],
  ["rundeck", 4440],
  ["solr", 8983],
  ["sonarqube", 9000],
  ["sophos-utm", 4444],
  ["splunk", 8000],
  ["stomp", 61613],
  ["superset", 8088],
  ["teamcity", 8111],
  ["tensorboard", 6006],
  ["vault", 8200],
  ["weblogic", 7001],
  ["webmin", 10000],
  ["websphere", 9060],
  ["wildfly", 9990],
  ["zipkin", 9411],
  ["zookeeper", 2181],
];

/** Every script of the earlier tool, helpers first. */
export const earlierScripts: readonly EarlierScript[] = [
  ...helpers,
  ...services.map(
    ([name, usualPort, ...others]): EarlierScript => ({
      name,
      usualPort,
      services: others.length === 0 ? [name] : others,
      hasShellForm: true,
    }),
  ),
];
