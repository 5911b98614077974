import { basic, type HttpCase, type HttpCases, json, login, loginPage, unauthorized } from "./http-case.ts";

const etcdAsks: HttpCase = {
  title: "authentication is on",
  status: 400,
  body: '{"error":"etcdserver: user name is empty","code":3,"message":"etcdserver: user name is empty"}',
};
const etcd2 = { status: 200, body: '{"action":"get","node":{"dir":true}}' };
const clickhouse = { "X-ClickHouse-Server-Display-Name": "db1" };

/** Databases, search engines, queues and stores, as in `http-stores.ts`. */
export const httpStoreCases: Readonly<Record<string, HttpCases>> = {
  elasticsearch: {
    exposed: [
      json(
        { name: "n1", cluster_name: "es", version: { number: "8.12.2" }, tagline: "You Know, for Search" },
        { version: "8.12.2" },
      ),
    ],
    protected: [unauthorized({ error: { type: "security_exception" }, status: 401 }), basic],
  },
  opensearch: {
    exposed: [
      json(
        { name: "n1", cluster_name: "os", version: { distribution: "opensearch", number: "2.11.1" } },
        { version: "2.11.1" },
      ),
    ],
    protected: [{ title: "401", status: 401, headers: { "WWW-Authenticate": 'Basic realm="OpenSearch Security"' } }],
  },
  couchdb: {
    exposed: [json(["_users", "orders"], { headers: { Server: "CouchDB/3.3.3 (Erlang OTP/24)" }, version: "3.3.3" })],
    protected: [unauthorized({ error: "unauthorized", reason: "You are not a server admin." })],
  },
  etcd: {
    exposed: [
      json({ header: { cluster_id: "14841639068965178418" }, count: "0" }),
      json({ action: "get", node: { dir: true } }, { path: "/v2/keys", title: "version 2" }),
      { ...etcdAsks, title: "version 3 asks, version 2 does not", others: { "/v2/keys": etcd2 } },
    ],
    protected: [etcdAsks],
  },
  influxdb: {
    exposed: [
      json(
        { results: [{ statement_id: 0, series: [{ name: "databases", columns: ["name"], values: [["_internal"]] }] }] },
        { headers: { "X-Influxdb-Version": "1.8.10" }, version: "1.8.10" },
      ),
      json(
        { results: [{ statement_id: 0, series: [{ name: "databases", columns: ["name"] }] }] },
        { title: "no database yet", headers: { "X-Influxdb-Version": "1.6.7~rc0" }, version: "1.6.7" },
      ),
    ],
    protected: [
      unauthorized({ error: "unable to parse authentication credentials" }),
      unauthorized({ code: "unauthorized", message: "unauthorized access" }),
    ],
  },
  clickhouse: {
    exposed: [
      {
        status: 200,
        headers: { ...clickhouse, "X-ClickHouse-Summary": '{"read_rows":"1"}' },
        body: "24.3.2.23\n",
        version: "24.3.2.23",
      },
    ],
    protected: [
      { ...basic, headers: { ...clickhouse, ...basic.headers }, body: "Code: 194. DB::Exception: Password required" },
      {
        title: "a wrong user, to which some versions answer 500",
        status: 500,
        headers: clickhouse,
        body: "Code: 516. DB::Exception: default: Authentication failed: password is incorrect",
      },
    ],
    inconclusive: [{ title: "a number from something else", status: 200, body: "24.3\n" }],
  },
  neo4j: {
    exposed: [
      json({ results: [{ columns: ["versions[0]"], data: [{ row: ["5.18.0"] }] }], errors: [] }, { version: "5.18.0" }),
      json(
        { results: [{ columns: ["versions[0]"], data: [{ row: ["3.5.35"] }] }], errors: [] },
        { title: "before 4.0", path: "/db/data/transaction/commit", version: "3.5.35" },
      ),
    ],
    protected: [unauthorized({ errors: [{ code: "Neo.ClientError.Security.Unauthorized" }] })],
  },
  solr: {
    exposed: [json({ lucene: { "solr-spec-version": "9.5.0" }, jvm: {} }, { version: "9.5.0" })],
    protected: [basic],
  },
  "rabbitmq-management": {
    exposed: [json({ management_version: "3.10.8", rabbitmq_version: "3.10.8" }, { version: "3.10.8" })],
    protected: [unauthorized({ error: "not_authorised", reason: "Login failed" })],
  },
  activemq: {
    exposed: [
      {
        status: 200,
        body: "<html><title>localhost : ActiveMQ Console</title><h2>Welcome to the Apache ActiveMQ Console of</h2><td>Version</td><td><b>5.17.2</b></td></html>",
        version: "5.17.2",
      },
    ],
    protected: [basic, { ...loginPage, body: `<title>ActiveMQ Console</title>${loginPage.body}` }],
    inconclusive: [{ title: "its title alone", status: 200, body: "<title>localhost : ActiveMQ Console</title>" }],
  },
  minio: {
    exposed: [json({ buckets: [{ name: "backup" }], total: 1 })],
    protected: [{ status: 403, body: '{"message":"invalid session"}' }],
  },
  kylin: {
    exposed: [json([{ uuid: "u", last_modified: 1407831634847, name: "learn_kylin" }])],
    protected: [basic, loginPage],
  },
  drill: {
    exposed: [json([{ name: "dfs", config: { type: "file" } }])],
    protected: [login("/login?redirect=%2Fstorage.json")],
  },
  "hadoop-namenode": {
    exposed: [
      json({ FileStatuses: { FileStatus: [{ pathSuffix: "user", type: "DIRECTORY" }] } }),
      json(
        { beans: [{ name: "Hadoop:service=NameNode", ClusterId: "CID-1", Version: "3.3.6, r1be78238728" }] },
        {
          title: "without WebHDFS",
          path: "/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo",
          version: "3.3.6",
        },
      ),
    ],
    protected: [unauthorized({ RemoteException: { exception: "AccessControlException" } })],
  },
  artifactory: {
    exposed: [
      json([{ key: "libs", type: "LOCAL", url: "http://x/libs" }], {
        headers: { "X-Artifactory-Id": "7.77.5:abc" },
        version: "7.77.5",
      }),
    ],
    protected: [unauthorized({ errors: [{ status: 401 }] })],
    inconclusive: [{ ...json([]), title: "an empty list: no index is readable" }],
  },
};
