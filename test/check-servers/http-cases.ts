import { basic, forbidden, type HttpCase, type HttpCases, json, login, loginPage, unauthorized } from "./http-case.ts";
import { httpStoreCases } from "./http-store-cases.ts";
import { managementCases } from "./management-cases.ts";
import { privateServiceCases } from "./private-service-cases.ts";

const bearer: HttpCase = {
  title: "Bearer",
  status: 401,
  headers: { "WWW-Authenticate": 'Bearer realm="TeamCity"' },
};

export const httpCases: Readonly<Record<string, HttpCases>> = {
  ...httpStoreCases,
  ...managementCases,
  ...privateServiceCases,
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
    protected: [
      { ...json({ results: [], start: 0, limit: 25, size: 0 }), title: "nothing for unknown clients" },
      forbidden,
    ],
  },
  teamcity: {
    exposed: [
      json(
        { version: "2023.11.4 (build 147571)", versionMajor: 2023, buildNumber: "147571" },
        { version: "2023.11.4" },
      ),
      {
        ...bearer,
        title: "guests are accepted",
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
        title: "no administration, but public code",
        others: {
          "/api/components/search?qualifiers=TRK": json({ paging: { total: 1 }, components: [{ key: "shop" }] }),
        },
      },
    ],
    protected: [
      unauthorized({ errors: [{ msg: "Insufficient privileges" }] }),
      {
        ...forbidden,
        title: "no public project",
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
        title: "a login page without a password",
        status: 200,
        body: '<title>WebSphere Integrated Solutions Console</title>Welcome, enter your information. <input name="user">',
      },
    ],
  },
};
