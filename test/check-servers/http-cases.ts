import type { HttpCase, HttpCases } from "./http-case.ts";
import { managementCases } from "./management-cases.ts";
import { openDoorCases } from "./open-door-cases.ts";

const json = (value: unknown, more: Omit<HttpCase, "status" | "body"> = {}): HttpCase => ({
  status: 200,
  ...more,
  headers: { "Content-Type": "application/json", ...more.headers },
  body: JSON.stringify(value),
});
const basic: HttpCase = { title: "Basic", status: 401, headers: { "WWW-Authenticate": 'Basic realm="x"' } };
const unauthorized = (value: unknown): HttpCase => ({ ...json(value), title: "401", status: 401 });
const forbidden: HttpCase = { title: "403", status: 403, body: "Forbidden" };
const login = (location: string): HttpCase => ({
  title: "a redirect to a login",
  status: 302,
  headers: { Location: location },
});
const loginPage: HttpCase = {
  title: "a login page",
  status: 200,
  headers: { "Content-Type": "text/html" },
  body: '<html><title>Sign in</title><form><input name="user"><input name="p" type="password"></form></html>',
};
/** An ordinary page that answers every path: it proves nothing. */
export const anyPage: HttpCase = {
  title: "an ordinary page for every path",
  status: 200,
  headers: { "Content-Type": "text/html" },
  body: "<!doctype html><html><title>Welcome</title><body>It works! id name version status data</body></html>",
};

const bearer: HttpCase = {
  title: "Bearer",
  status: 401,
  headers: { "WWW-Authenticate": 'Bearer realm="TeamCity"' },
};
const etcdAsks: HttpCase = {
  title: "authentication is on",
  status: 400,
  body: '{"error":"etcdserver: user name is empty","code":3,"message":"etcdserver: user name is empty"}',
};
const etcd2 = { status: 200, body: '{"action":"get","node":{"dir":true}}' };
const clickhouse = { "X-ClickHouse-Server-Display-Name": "db1" };

export const httpCases: Readonly<Record<string, HttpCases>> = {
  ...managementCases,
  ...openDoorCases,
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
        title: "a wrong user, of which some versions say 500",
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
    inconclusive: [{ ...json([]), title: "an empty list: nobody may read" }],
  },
  prometheus: {
    exposed: [json({ status: "success", data: { yaml: "global:\n  scrape_interval: 15s\n" } })],
    protected: [basic],
  },
  alertmanager: {
    exposed: [
      json({ cluster: {}, config: { original: "route:" }, versionInfo: { version: "0.27.0" } }, { version: "0.27.0" }),
    ],
    protected: [basic],
  },
  pushgateway: {
    exposed: [
      json({ status: "success", data: { build_information: { version: "1.8.0" }, flags: {} } }, { version: "1.8.0" }),
    ],
    protected: [basic],
  },
  grafana: {
    exposed: [json({ id: 1, name: "Main Org.", address: {} })],
    protected: [unauthorized({ message: "Unauthorized" })],
    inconclusive: [
      {
        ...json({ commit: "abc", database: "ok", version: "10.4.1" }, { path: "/api/health" }),
        title: "health is public",
      },
    ],
  },
  chronograf: {
    exposed: [json({ sources: [] }, { headers: { "X-Chronograf-Version": "1.10.3" }, version: "1.10.3" })],
    protected: [forbidden],
  },
  kibana: {
    exposed: [json([{ id: "default", name: "Default" }], { headers: { "kbn-name": "kibana" } })],
    protected: [unauthorized({ statusCode: 401 }), login("/login?next=%2F")],
  },
  graylog: {
    exposed: [json({ cluster_id: "c", node_id: "n", version: "5.2.5" }, { version: "5.2.5" })],
    protected: [{ ...basic, body: "" }],
  },
  splunk: {
    exposed: [
      json({ entry: [{ content: { version: "9.2.1" } }] }, { version: "9.2.1" }),
      json(
        { entry: [{ content: { version: "9.2.1", isFree: true } }] },
        {
          title: "through the web interface",
          path: "/en-US/splunkd/__raw/services/server/info?output_mode=json",
          version: "9.2.1",
        },
      ),
    ],
    protected: [
      unauthorized({ messages: [{ type: "WARN", text: "call not properly authenticated" }] }),
      {
        ...login("/en-US/account/login?return_to=%2Fen-US%2F"),
        path: "/en-US/splunkd/__raw/services/server/info?output_mode=json",
      },
    ],
  },
  jaeger: {
    exposed: [json({ data: ["frontend"], total: 1, limit: 0, offset: 0, errors: null })],
    protected: [basic, login("https://sso.example.org/oauth2/start")],
  },
  zipkin: {
    exposed: [
      json({ zipkin: { version: "2.24.3", commit: "abc" } }, { path: "/info", version: "2.24.3" }),
      {
        status: 404,
        title: "without its version",
        others: { "/zipkin/config.json": json({ environment: "", queryLimit: 10, defaultLookback: 900000 }) },
      },
    ],
    protected: [basic],
    inconclusive: [{ ...json(["frontend"]), title: "a list of words from anything" }],
  },
  tensorboard: {
    exposed: [json({ version: "2.16.2", data_location: "/logs", window_title: "" }, { version: "2.16.2" })],
    protected: [basic],
  },
  docker: {
    exposed: [json({ Version: "24.0.7", ApiVersion: "1.43", Os: "linux" }, { version: "24.0.7" })],
    protected: [forbidden],
  },
  kubelet: {
    exposed: [json({ kind: "PodList", apiVersion: "v1", items: [] })],
    protected: [{ title: "401", status: 401, body: "Unauthorized" }],
  },
  "kubelet-readonly": {
    exposed: [json({ kind: "PodList", apiVersion: "v1", items: [] })],
    protected: [{ title: "401", status: 401, body: "Unauthorized" }],
  },
  consul: {
    exposed: [json({ Config: { NodeName: "c1", Version: "1.18.1" }, Member: {} }, { version: "1.18.1" })],
    protected: [{ status: 403, body: "Permission denied: anonymous token lacks permission 'agent:read'" }],
  },
  nomad: {
    exposed: [json([{ ID: "web" }], { headers: { "X-Nomad-Index": "12" } })],
    protected: [{ status: 403, body: "Permission denied" }],
  },
  vault: {
    exposed: [json({ type: "shamir", initialized: false, sealed: true, version: "1.15.6" }, { version: "1.15.6" })],
    protected: [
      { ...json({ type: "shamir", initialized: true, sealed: false, version: "1.15.6" }), title: "unsealed" },
      { ...json({ type: "shamir", initialized: true, sealed: true, version: "1.15.6" }), title: "sealed" },
    ],
  },
  flink: {
    exposed: [json({ taskmanagers: 1, "slots-total": 4, "flink-version": "1.18.1" }, { version: "1.18.1" })],
    protected: [basic],
  },
  confluence: {
    exposed: [json({ results: [{ id: "65551", type: "page" }], start: 0, limit: 25, size: 1 })],
    protected: [{ ...json({ results: [], start: 0, limit: 25, size: 0 }), title: "nothing for strangers" }, forbidden],
  },
  teamcity: {
    exposed: [
      json(
        { version: "2023.11.4 (build 147571)", versionMajor: 2023, buildNumber: "147571" },
        { version: "2023.11.4" },
      ),
      {
        ...bearer,
        title: "guests are let in",
        others: {
          "/guestAuth/app/rest/server": json({
            version: "2023.11.4 (build 147571)",
            versionMajor: 2023,
            buildNumber: "1",
          }),
        },
        version: "2023.11.4",
      },
    ],
    protected: [bearer, { ...bearer, title: "guests are not", others: { "/guestAuth/app/rest/server": bearer } }],
  },
  wildfly: {
    exposed: [json({ "management-major-version": 22, "product-version": "30.0.1.Final" }, { version: "30.0.1.Final" })],
    protected: [{ status: 401, headers: { "WWW-Authenticate": 'Digest realm="ManagementRealm"' } }],
  },
  rundeck: {
    exposed: [json({ system: { rundeck: { version: "5.1.2" } } }, { version: "5.1.2" })],
    protected: [unauthorized({ error: true, errorCode: "unauthorized" }), login("/user/login")],
  },
  sonarqube: {
    exposed: [
      json({ paging: { pageIndex: 1, total: 0 }, components: [] }),
      {
        ...forbidden,
        title: "no administration, but code for everybody",
        others: {
          "/api/components/search?qualifiers=TRK": json({ paging: { total: 1 }, components: [{ key: "shop" }] }),
        },
      },
    ],
    protected: [
      unauthorized({ errors: [{ msg: "Insufficient privileges" }] }),
      {
        ...forbidden,
        title: "no project for strangers",
        others: { "/api/components/search?qualifiers=TRK": json({ paging: { total: 0 }, components: [] }) },
      },
    ],
  },
  superset: {
    exposed: [json({ count: 1, result: [{ id: 1 }], ids: [1] })],
    protected: [unauthorized({ msg: "Missing Authorization Header" })],
  },
  pgadmin: {
    exposed: [
      {
        status: 200,
        body: '<html><title>pgAdmin 4</title><script>pgBrowser = {}</script><div id="tree"></div></html>',
      },
    ],
    protected: [
      login("/login?next=%2Fbrowser%2F"),
      { ...loginPage, body: '<title>pgAdmin 4</title><div id="tree"></div><input type="password" name="password">' },
    ],
    inconclusive: [
      { title: "its title alone", status: 200, body: '<title>pgAdmin 4</title><div id="root"></div>' },
      { ...login("/authors/lesson-1"), title: "a redirect to something else" },
    ],
  },
  "openvpn-as": {
    exposed: [
      { status: 200, body: "<title>OpenVPN Access Server</title><h1>Status Overview</h1><p>Server Status: on</p>" },
    ],
    protected: [login("https://vpn/__session_start__/?next=/admin/login"), loginPage],
  },
  webmin: {
    exposed: [
      {
        status: 200,
        headers: { Server: "MiniServ/2.105" },
        body: "<td>System hostname</td><td>web</td>",
        version: "2.105",
      },
    ],
    protected: [{ ...loginPage, headers: { Server: "MiniServ/2.105" } }, basic],
  },
  weblogic: {
    exposed: [json({ weblogicVersion: "WebLogic Server 14.1.1.0.0", name: "AdminServer" }, { version: "14.1.1.0.0" })],
    protected: [basic],
  },
  websphere: {
    exposed: [
      {
        status: 200,
        body: "<title>Integrated Solutions Console</title><frameset><frame src='x' name='navigation'></frameset>",
      },
    ],
    protected: [
      login("/ibm/console/logon.jsp"),
      {
        ...loginPage,
        body: `<title>WebSphere Integrated Solutions Console</title>Welcome, enter your information.${loginPage.body}`,
      },
    ],
    inconclusive: [
      {
        title: "a login page that asks for no password",
        status: 200,
        body: '<title>WebSphere Integrated Solutions Console</title>Welcome, enter your information. <input name="user">',
      },
    ],
  },
};
