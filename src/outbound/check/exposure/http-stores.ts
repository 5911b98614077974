import type { EntryRequest, HttpEntry } from "./entry.ts";
import { httpEntry } from "./http-entry.ts";

/** Databases, searches, queues and stores. */
export const storeEntries: readonly HttpEntry[] = [
  httpEntry("elasticsearch", "Elasticsearch", [9200], {
    path: "/",
    shows: "shows its cluster",
    exposed: { json: ["cluster_name", "tagline", "version.number"], body: /"You Know, for Search"/ },
    version: { json: "version.number" },
  }),
  httpEntry("opensearch", "OpenSearch", [9200], {
    path: "/",
    shows: "shows its cluster",
    exposed: { json: ["cluster_name", "version.number"], body: /"distribution"\s*:\s*"opensearch"/ },
    version: { json: "version.number" },
  }),
  httpEntry("couchdb", "CouchDB", [5984, 6984], {
    path: "/_all_dbs",
    shows: "lists its databases",
    exposed: { json: [""], body: /^\s*\[/, header: ["server", /couchdb/i] },
    version: { header: ["server", /CouchDB\/([\d.]+)/] },
  }),
  httpEntry(
    "etcd",
    "etcd",
    [2379, 4001],
    // Since 3.4, and before.
    ...["/v3/kv/range", "/v3beta/kv/range"].map(
      (path): EntryRequest => ({
        method: "POST",
        path,
        headers: { "Content-Type": "application/json" },
        // Any key: the first after "\0", without its value.
        body: '{"key":"AA==","range_end":"AA==","limit":"1","keys_only":true}',
        shows: "lists its keys",
        exposed: { json: ["header.cluster_id"] },
        isProtected: { status: 400, body: /user name is empty|etcdserver: (?:permission denied|invalid auth token)/ },
      }),
    ),
    // Version 2 of the store has separate users.
    { path: "/v2/keys", shows: "lists its keys", exposed: { json: ["action", "node.dir"] } },
  ),
  httpEntry("influxdb", "InfluxDB", [8086], {
    path: "/query?q=SHOW%20DATABASES",
    shows: "lists its databases",
    // Without any database there are no values.
    exposed: { json: ["results.0.series.0.columns"], header: ["x-influxdb-version", /./] },
    version: { header: ["x-influxdb-version", /^v?([\d.]+)/] },
  }),
  httpEntry("clickhouse", "ClickHouse", [8123, 8443], {
    path: "/?query=SELECT%20version()",
    shows: "answers a query",
    exposed: { body: /^\d+\.\d[\d.]*\s*$/, header: ["x-clickhouse-server-display-name", /./] },
    // Errors 192 to 194 and 516 are about users and passwords; their status differs by version.
    isProtected: { status: "any", body: /^Code: (?:19[234]|516)\b/ },
    version: { body: /^(\d+[\d.]*)/ },
  }),
  httpEntry(
    "neo4j",
    "Neo4j",
    [7474, 7473],
    // Since 4.0, and before.
    ...["/db/neo4j/tx/commit", "/db/data/transaction/commit"].map(
      (path): EntryRequest => ({
        method: "POST",
        path,
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: '{"statements":[{"statement":"CALL dbms.components() YIELD versions RETURN versions[0]"}]}',
        shows: "answers a query",
        exposed: { json: ["results.0.columns"] },
        version: { json: "results.0.data.0.row.0" },
      }),
    ),
  ),
  httpEntry("solr", "Apache Solr", [8983], {
    path: "/solr/admin/info/system?wt=json",
    shows: "shows its system",
    exposed: { json: ["lucene.solr-spec-version"] },
    version: { json: "lucene.solr-spec-version" },
  }),
  httpEntry("rabbitmq-management", "RabbitMQ management", [15672, 15671], {
    path: "/api/overview",
    shows: "shows its broker",
    exposed: { json: ["rabbitmq_version"] },
    isProtected: { status: 401, json: ["error"] },
    version: { json: "rabbitmq_version" },
  }),
  httpEntry("activemq", "ActiveMQ console", [8161], {
    path: "/admin/",
    shows: "shows its console",
    exposed: { body: /Welcome to the Apache ActiveMQ Console of/ },
    version: { body: /Version<\/td>\s*<td>\s*<b>([\d.]+)/ },
  }),
  httpEntry("minio", "MinIO console", [9001], {
    path: "/api/v1/buckets",
    shows: "lists its buckets",
    exposed: { json: ["buckets", "total"] },
  }),
  httpEntry("kylin", "Apache Kylin", [7070], {
    path: "/kylin/api/projects",
    shows: "lists its projects",
    exposed: { json: ["0.name", "0.uuid", "0.last_modified"] },
  }),
  httpEntry("drill", "Apache Drill", [8047], {
    path: "/storage.json",
    shows: "shows its storage plugins",
    exposed: { json: ["0.name", "0.config.type"] },
  }),
  httpEntry(
    "hadoop-namenode",
    "Hadoop NameNode",
    [9870, 50070],
    {
      path: "/webhdfs/v1/?op=LISTSTATUS",
      shows: "lists its files",
      exposed: { json: ["FileStatuses.FileStatus"] },
    },
    {
      path: "/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo",
      shows: "shows its cluster",
      exposed: { json: ["beans.0.ClusterId", "beans.0.Version"] },
      version: { body: /"Version"\s*:\s*"([\d.]+)/ },
    },
  ),
  httpEntry("artifactory", "Artifactory", [8081, 8082], {
    path: "/artifactory/api/repositories",
    shows: "lists its repositories",
    exposed: { json: ["0.key", "0.type", "0.url"], header: ["x-artifactory-id", /./] },
    version: { header: ["x-artifactory-id", /^([\d.]+):/] },
  }),
];
